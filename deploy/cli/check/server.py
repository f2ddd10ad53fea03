"""Area *MySQL server*: version, GTIDs, binlog. Pure but for the one reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deploy.cli.check.finding import Finding, ok, problem, warning
from deploy.cli.check.mysql_server import Server

VARIABLES = (
    "log_bin",
    "gtid_mode",
    "enforce_gtid_consistency",
    "binlog_format",
    "binlog_row_image",
    "binlog_row_value_options",
    "binlog_expire_logs_seconds",
    "server_id",
    "read_only",
    "super_read_only",
)

DAY = 86_400


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What the server says of itself; variables are upper case, "" where it has none."""

    version: str
    variables: Mapping[str, str]

    def __getitem__(self, variable: str) -> str:
        return self.variables.get(variable, "")

    @property
    def release(self) -> tuple[int, ...]:
        """Major and minor version."""
        parts = self.version.partition("-")[0].split(".")[:2]
        return tuple(int(part) for part in parts if part.isdecimal())


def read_facts(server: Server) -> ServerFacts:
    """One reading for all checks of this area."""
    ((version,),) = server.rows("SELECT VERSION()")
    marks = ", ".join(["%s"] * len(VARIABLES))
    rows = server.rows(
        f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({marks})",
        VARIABLES,
    )
    return ServerFacts(str(version), {str(name): str(value).upper() for name, value in rows})


def check_server(facts: ServerFacts) -> Iterator[Finding]:
    """Every finding about the server; MariaDB ends it, because the rest would not apply."""
    if "mariadb" in facts.version.lower():
        yield problem(
            f"This is MariaDB ({facts.version}): its GTIDs cannot carry numbers of our own, so an "
            "echo of our writes could not be told from a person's.",
            "Use MySQL 8.4 or 9.7.",
        )
        return
    yield check_version(facts)
    yield check_log_bin(facts)
    yield check_gtid_mode(facts)
    yield check_gtid_consistency(facts)
    yield check_binlog_format(facts)
    yield check_row_image(facts)
    if facts["binlog_row_value_options"]:
        yield check_row_values(facts)
    yield check_retention(facts)
    if facts["server_id"] == "0":
        yield problem(
            "server_id is 0, so no replica (and no Debezium) can connect.",
            "SET PERSIST server_id = 1; any number that no other server of yours has.",
        )
    if "ON" in {facts["read_only"], facts["super_read_only"]}:
        yield problem(
            "The server is read-only, so nothing of the sheet can be written to it.",
            "Name the writable server in database.host.",
        )


def check_version(facts: ServerFacts) -> Finding:
    """8.4 and newer are fine, 8.0 gets no fixes any more, older ones lack what is needed."""
    if facts.release < (8, 0):
        return problem(f"MySQL {facts.version} is too old.", "Use MySQL 8.4 or 9.7.")
    if facts.release < (8, 4):
        return warning(
            f"MySQL {facts.version} has reached its end of life (April 2026).",
            "It works; plan for MySQL 8.4 or 9.7.",
        )
    return ok(f"MySQL {facts.version}")


def check_log_bin(facts: ServerFacts) -> Finding:
    """Without a binlog there is nothing to capture."""
    if facts["log_bin"] == "ON":
        return ok("binlog on")
    return problem(
        "The binlog is off (log_bin).",
        "Take skip-log-bin out of my.cnf, or start mysqld with --log-bin; it needs a restart.",
    )


def check_gtid_mode(facts: ServerFacts) -> Finding:
    """Our writes are known by their numbered GTIDs; commit times have microseconds with GTIDs."""
    if facts["gtid_mode"] == "ON":
        return ok("gtid_mode=ON")
    return problem(
        f"gtid_mode is {facts['gtid_mode'] or 'unknown'}.",
        "One after the other: SET PERSIST enforce_gtid_consistency=ON; SET PERSIST "
        "gtid_mode=OFF_PERMISSIVE; SET PERSIST gtid_mode=ON_PERMISSIVE; SET PERSIST gtid_mode=ON;",
    )


def check_gtid_consistency(facts: ServerFacts) -> Finding:
    """Required by gtid_mode=ON, but WARN lets statements through that break it."""
    if facts["enforce_gtid_consistency"] == "ON":
        return ok("enforce_gtid_consistency=ON")
    return problem(
        f"enforce_gtid_consistency is {facts['enforce_gtid_consistency'] or 'unknown'}.",
        "SET PERSIST enforce_gtid_consistency=ON;",
    )


def check_binlog_format(facts: ServerFacts) -> Finding:
    """Debezium reads row events."""
    if facts["binlog_format"] in {"ROW", ""}:  # the variable is to go; ROW is then all there is
        return ok("binlog_format=ROW")
    return problem(
        f"binlog_format is {facts['binlog_format']}.",
        "SET PERSIST binlog_format=ROW; then let the applications connect anew.",
    )


def check_row_image(facts: ServerFacts) -> Finding:
    """What changed is told from whole before and after images."""
    if facts["binlog_row_image"] == "FULL":
        return ok("binlog_row_image=FULL")
    return problem(
        f"binlog_row_image is {facts['binlog_row_image'] or 'unknown'}, so events lack columns.",
        "SET PERSIST binlog_row_image=FULL; then let the applications connect anew.",
    )


def check_row_values(facts: ServerFacts) -> Finding:
    """PARTIAL_JSON writes differences of JSON columns, not values."""
    return problem(
        f"binlog_row_value_options is {facts['binlog_row_value_options']}, so JSON columns come "
        "as differences.",
        "SET PERSIST binlog_row_value_options='';",
    )


def check_retention(facts: ServerFacts) -> Finding:
    """How long the connector may be away before its place in the binlog is purged."""
    text = facts["binlog_expire_logs_seconds"]
    seconds = int(text) if text.isdecimal() else 0
    if seconds == 0:
        return ok("binlogs are not purged by age")
    if seconds < DAY:
        return warning(
            f"Binlogs are kept for {seconds / 3600:.1f} h only; after a longer stop of the "
            "connector the reconciler has to find what changed.",
            f"SET PERSIST binlog_expire_logs_seconds={3 * DAY};",
        )
    return ok(f"binlogs are kept for {seconds / DAY:.1f} days")
