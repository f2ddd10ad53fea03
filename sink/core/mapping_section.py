"""The ``[[mapping]]`` tables of ``sheetbridge.toml``."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Sequence

from sink.core.condition import fault
from sink.core.mapping import Direction, Guards, Mapping, Policy, Rule
from sink.core.settings_section import Section, nearest, shown
from sink.core.version import Origin

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_TABLE = re.compile(r"[^.\s`]+\.[^.\s`]+")
_SPREADSHEET = re.compile(r"[A-Za-z0-9_-]+")
_ADDRESS = re.compile(r"/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]+)")
_FUNCTION = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")
_NOT_OURS = {"sheetbridge", "mysql", "sys", "performance_schema", "information_schema"}
_PLAIN_POLICIES = [policy.value for policy in Policy if policy is not Policy.FUNCTION]


def read_mapping(section: Section) -> Mapping:
    """One mapping. Raises ConfigurationError."""
    section.allow(
        "name",
        "table",
        "spreadsheet",
        "tab",
        "key",
        "columns",
        "policy",
        "policies",
        "direction",
        "time_zone",
        "guards",
        "where",
        "prefer",
    )
    key = section.texts("key", section.need("key", 'key = ["id"]'), 'key = ["id"]')
    columns = _columns(section)
    rule = Rule()
    written = section.get("policy")
    if written is not None:
        rule = _rule(section, written, "policy")
    mapping = Mapping(
        name=_name(section),
        table=_table(section),
        spreadsheet_id=_spreadsheet(section),
        tab=section.text("tab", 'tab = "Sheet1"'),
        key=key,
        columns=columns,
        rule=rule,
        column_rules=_column_rules(section, key, columns),
        direction=section.choice("direction", Direction, Direction.BOTH),
        time_zone=_time_zone(section),
        guards=_guards(section),
        where=_where(section),
        prefer=_prefer(section),
    )
    _refuse_equal_headers(section, mapping)
    return mapping


def refuse_duplicates(sections: Sequence[Section], mappings: Sequence[Mapping]) -> None:
    """Refuse two mappings of one name, or on one tab (tab names match whatever their case)."""
    names: dict[str, Section] = {}
    tabs: dict[tuple[str, str], Mapping] = {}
    for section, mapping in zip(sections, mappings, strict=True):
        first = names.setdefault(mapping.name, section)
        if first is not section:
            line = first.lines.line((*first.path, "name"))
            section.fail(
                f"there is a mapping named {mapping.name!r} already, on line {line}",
                "Give this one another name",
                "name",
            )
        holder = tabs.setdefault((mapping.spreadsheet_id, mapping.tab.casefold()), mapping)
        if holder is not mapping:
            section.fail(
                f"tab {mapping.tab!r} of that spreadsheet is mapped by {holder.name!r} already",
                "Give each mapping a tab of its own",
                "tab",
            )


def _name(section: Section) -> str:
    name = section.text("name", 'name = "orders"')
    if not _NAME.fullmatch(name):
        section.fail(
            f"{name!r:.80} cannot name a mapping",
            "Use lower-case letters, digits and _, a letter first, at most 41 characters",
            "name",
        )
    return name


def _table(section: Section) -> str:
    table = section.text("table", 'table = "shop.orders"')
    if not _TABLE.fullmatch(table):
        section.fail(
            f"{table!r:.80} is no table",
            'Write database and table with a dot between: table = "shop.orders"',
            "table",
        )
    schema = table.split(".", 1)[0]
    if schema.lower() in _NOT_OURS:
        section.fail(
            f"tables of the schema {schema!r} cannot be mapped",
            "Name a table of an application's own schema",
            "table",
        )
    return table


def _spreadsheet(section: Section) -> str:
    written = section.text("spreadsheet", 'spreadsheet = "1AbC…"')
    if not _SPREADSHEET.fullmatch(written):
        inside = _ADDRESS.search(written)
        section.fail(
            f"{written!r:.120} is no spreadsheet's id",
            f'Write spreadsheet = "{inside.group(1)}"'
            if inside
            else "Write the part of its address between /d/ and the next slash",
            "spreadsheet",
        )
    return written


def _columns(section: Section) -> dict[str, str]:
    value = section.get("columns")
    example = 'columns = ["id", "name"]'
    if value is None or value == "*":
        return {}
    if isinstance(value, dict):
        if not value:
            section.fail(
                f"{section.name('columns')} names no column",
                'Write columns = "*" for every column',
                "columns",
            )
        for column, header in value.items():
            if not column.strip() or not isinstance(header, str) or not header.strip():
                section.fail(
                    f"{section.name('columns')} gives {column!r:.80} no header",
                    'Write each as column = "Header"',
                    "columns",
                )
        columns = {column: str(header) for column, header in value.items()}
    elif isinstance(value, list):
        columns = {column: column for column in section.texts("columns", value, example)}
    else:
        section.fail(
            f'{section.name("columns")} must be a list, a table or "*"',
            f'Write columns = "*", {example}, or columns = {{ id = "Number" }}',
            "columns",
        )
    for header in columns.values():
        if header != header.strip():
            section.fail(
                f"{section.name('columns')} has spaces around {header!r:.80}",
                "Remove them; headers are compared without them",
                "columns",
            )
    return columns


def _refuse_equal_headers(section: Section, mapping: Mapping) -> None:
    holders: dict[str, str] = {}
    for column in dict.fromkeys((*mapping.key, *mapping.columns)):
        holder = holders.setdefault(mapping.header(column), column)
        if holder != column:
            section.fail(
                f"columns {holder!r} and {column!r} share the header {mapping.header(column)!r}",
                "Give each column a header of its own",
                "columns",
            )


def _rule(section: Section, written: object, *keys: str) -> Rule:
    if isinstance(written, str) and written in _PLAIN_POLICIES:
        return Rule(Policy(written))
    if isinstance(written, str) and _FUNCTION.fullmatch(written):
        return Rule(Policy.FUNCTION, written)
    close = nearest(written, _PLAIN_POLICIES) if isinstance(written, str) else None
    raise section.error(
        f"{section.name('.'.join(keys))} is {shown(written)}",
        (f"Did you mean {close!r}? " if close else "")
        + f'It may be {", ".join(_PLAIN_POLICIES)}, or a Python function: "module:function"',
        *keys,
    )


def _column_rules(
    section: Section, key: tuple[str, ...], columns: dict[str, str]
) -> dict[str, Rule]:
    table = section.table("policies", 'policies = { price = "database_wins" }')
    if table is None:
        return {}
    known = {*key, *columns}
    rules = {}
    for column, written in table.items():
        if columns and column not in known:
            close = nearest(column, known)
            section.fail(
                f"{section.name('policies')} names {column!r:.80}, which is not mapped",
                f"Did you mean {close!r}?" if close else "Add it to columns, or remove its policy",
                "policies",
                column,
            )
        rules[column] = _rule(section, written, "policies", column)
    return rules


def _time_zone(section: Section) -> str:
    name = section.optional_text("time_zone", 'time_zone = "Europe/Berlin"') or "UTC"
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        close = nearest(name, zoneinfo.available_timezones())
        section.fail(
            f"{section.name('time_zone')} is {name!r:.80}, which is no time zone",
            f"Did you mean {close!r}?" if close else 'Use an IANA name, such as "Europe/Berlin"',
            "time_zone",
        )
    return name


def _where(section: Section) -> str | None:
    condition = section.optional_text("where", 'where = "active = 1"')
    wrong = None if condition is None else fault(condition)
    if wrong is not None:
        section.fail(
            f"{section.name('where')} cannot be used: {wrong}",
            'Write one condition on the columns of the table, such as where = "active = 1"',
            "where",
        )
    return condition


def _prefer(section: Section) -> Origin | None:
    if section.get("prefer") is None:
        return None
    return section.choice("prefer", Origin, Origin.DATABASE)


def _guards(section: Section) -> Guards:
    table = section.table("guards", "guards = { max_deletes = 0.1, minimum = 20 }")
    if table is None:
        return Guards()
    inner = Section(
        f"guards of {section.label}",
        table,
        (*section.path, "guards"),
        section.lines,
        section.source,
        section.secrets,
    )
    inner.allow("max_deletes", "max_clears", "minimum", "max_rewrites")
    usual = Guards()
    return Guards(
        max_deletes=inner.share("max_deletes", usual.max_deletes),
        max_clears=inner.share("max_clears", usual.max_clears),
        minimum=inner.integer("minimum", usual.minimum, 0, 10_000_000),
        max_rewrites=inner.optional_integer("max_rewrites", 1_000, 1, 10_000_000),
    )
