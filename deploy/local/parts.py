"""The parts of a stack, made concrete for one run directory: its addresses, secrets and files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import URL

from deploy.cli.configuration import load
from deploy.cli.register import register_with_needs
from deploy.local import configuration_text, demo_data, ports, spreadsheet
from deploy.local.configuration_text import DATABASE_FILE, SERVICE_ACCOUNT_FILE, WEBHOOK_FILE
from deploy.local.demo_mappings import demo_mappings, page_config
from deploy.local.endpoints import Endpoints, MappingEndpoint
from deploy.local.identity import ProcessIdentity
from deploy.local.mapped import mapped_tables
from deploy.local.ports import HOST
from deploy.local.provision import Provisions
from deploy.local.run_directory import RunDirectory
from deploy.local.servers import connect, kafka, mysql, own
from deploy.local.service import Service
from deploy.local.service_account import key_file, private_key
from sink.core.configuration import SinkSettings
from sink.core.errors import ConfigurationError

_PORTS = ["mysql", "kafka", "kafka-controller", "connect", "emulator", "webhook", "live"]
_REGISTER_SECONDS = 90.0

_TITLES = {
    "data": "Demo rows",
    "configuration": "Spreadsheet and configuration",
    "connector": "Debezium connector",
    "script": "Apps Script",
}


class Parts:
    """Every service and task of one stack. Ports are chosen, and secrets made, at once."""

    def __init__(self, directory: RunDirectory, provisions: Provisions) -> None:
        self._directory = directory
        self._provisions = provisions
        self._passwords = directory.passwords()
        self._ports = ports.choose(_PORTS, directory.ports)
        self._spreadsheet = _remembered(directory.path / "spreadsheet-id")
        self._services = {service.name: service for service in self._define()}

    def service(self, name: str) -> Service:
        """The service of that name."""
        return self._services[name]

    def title(self, part: str) -> str:
        """What a person calls the part."""
        return _TITLES.get(part) or self._services[part].title

    def prepare(self, service: str) -> None:
        """What must be there before the service's process: its data directory. Idempotent."""
        if service == "mysql":
            mysql.initialise(self._provisions.mysql, self._directory)
        elif service == "kafka":
            kafka.initialise(
                self._provisions.servers,
                self._directory,
                port=self._ports["kafka"],
                controller_port=self._ports["kafka-controller"],
            )

    def carry_out(self, task: str) -> str:
        """Do a task of the plan; returns in a few words what came of it. Idempotent."""
        match task:
            case "data":
                counts = demo_data.load(self._mysql_url("app"), self._provisions.data)
                return ", ".join(f"{table} {count:,} rows" for table, count in counts.items())
            case "configuration":
                return self._configure()
            case "connector":
                done = register_with_needs(
                    load(self._directory.configuration),
                    progress=lambda _: None,
                    timeout=_REGISTER_SECONDS,
                )
                return f"{done.outcome} and running"
            case "script":
                spreadsheet.install_script(
                    self._url("emulator"),
                    self._spreadsheet,
                    webhook_url=self._url("webhook"),
                    secret=self._passwords.webhook,
                )
                return "set up by its owner"
        raise ValueError(f"{task} is no task")

    def endpoints(self, pids: Mapping[str, ProcessIdentity], *, background: bool) -> Endpoints:
        """Where the services in ``pids`` listen; what is not among them is left empty."""
        has_mysql, has_emulator = "mysql" in pids, "emulator" in pids
        configured = bool(self._spreadsheet) and has_emulator
        return Endpoints(
            mysql_url=self._mysql_url("app") if has_mysql else "",
            reader_mysql_url=self._mysql_url("reader") if has_mysql else "",
            root_mysql_url=self._root_url() if has_mysql else "",
            kafka_bootstrap=self._services["kafka"].address if "kafka" in pids else "",
            connect_url=self._url("connect") if "connect" in pids else "",
            webhook_url=self._url("webhook") if "webhook" in pids else "",
            webhook_secret=self._passwords.webhook,
            sheets_url=self._url("emulator") if has_emulator else "",
            page_url=f"{self._url('emulator')}/" if has_emulator else "",
            live_url=self._url("live") if "live" in pids else "",
            spreadsheet_id=self._spreadsheet if has_emulator else "",
            config=str(self._directory.configuration) if configured else "",
            service_account_file=str(self._directory.path / SERVICE_ACCOUNT_FILE)
            if configured
            else "",
            mappings=self._mapped() if configured else [],
            run_directory=str(self._directory.path),
            background=background,
            pids=dict(pids),
        )

    def _define(self) -> list[Service]:
        directory, passwords, port = self._directory, self._passwords, self._ports
        servers, bootstrap = self._provisions.servers, f"{HOST}:{port['kafka']}"
        return [
            mysql.service(self._provisions.mysql, directory, passwords, port["mysql"]),
            kafka.service(
                servers, directory, port=port["kafka"], controller_port=port["kafka-controller"]
            ),
            connect.service(
                servers, directory, passwords, port=port["connect"], bootstrap=bootstrap
            ),
            own.emulator(directory, port=port["emulator"]),
            own.webhook(directory, port=port["webhook"]),
            own.sink(directory, bootstrap=bootstrap, group=SinkSettings().group),
            own.live_feed(
                directory,
                port=port["live"],
                reader_url=self._mysql_url("reader"),
                page_origin=self._url("emulator"),
            ),
        ]

    def _configure(self) -> str:
        """The spreadsheet (made once) and every file that says where what is."""
        sheets_url = self._url("emulator")
        text = _remembered(self._directory.configuration)
        if not self._spreadsheet or not spreadsheet.exists(sheets_url, self._spreadsheet):
            tabs = [mapping.tab for mapping in demo_mappings("")]
            self._spreadsheet = spreadsheet.create(sheets_url, tabs)
            self._directory.write_private("spreadsheet-id", self._spreadsheet)
            text = ""
        write = self._directory.write_private
        write(DATABASE_FILE, self._passwords.sheetbridge)
        write(WEBHOOK_FILE, self._passwords.webhook)
        key = _remembered(self._directory.path / "service-account.pem")
        if not key:
            key = private_key()
            write("service-account.pem", key)
        write(SERVICE_ACCOUNT_FILE, key_file("sheetbridge", sheets_url=sheets_url, key=key))
        at = configuration_text.Addresses(
            mysql_host=HOST,
            mysql_port=self._ports["mysql"],
            kafka_bootstrap=f"{HOST}:{self._ports['kafka']}",
            connect_url=self._url("connect"),
            sheets_url=sheets_url,
            webhook_host=HOST,
            webhook_port=self._ports["webhook"],
            webhook_url=self._url("webhook"),
        )
        if text:
            text = configuration_text.renew(text, at)
        else:
            text = configuration_text.render(at, demo_mappings(self._spreadsheet))
        write(self._directory.configuration.name, text)
        shown = page_config(self._url("live"), self._mapped(), spreadsheet_id=self._spreadsheet)
        write(own.PAGE_CONFIG, shown)
        return str(self._directory.configuration)

    def _mapped(self) -> list[MappingEndpoint]:
        """What the configuration maps; one that is wrong at this moment is told by who reads it."""
        try:
            return mapped_tables(self._directory.configuration)
        except ConfigurationError:
            return []

    def _url(self, service: str) -> str:
        return f"http://{HOST}:{self._ports[service]}"

    def _mysql_url(self, user: str) -> str:
        password = {"app": self._passwords.app, "reader": self._passwords.reader}[user]
        return f"mysql+pymysql://{user}:{password}@{HOST}:{self._ports['mysql']}/demo"

    def _root_url(self) -> str:
        url = URL.create(
            "mysql+pymysql",
            username="root",
            password=self._passwords.root,
            host="localhost",
            query={"unix_socket": str(mysql.socket_path(self._directory))},
        )
        return url.render_as_string(hide_password=False)


def _remembered(path: Path) -> str:
    """What an earlier start wrote there; empty if none did."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
