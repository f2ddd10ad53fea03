"""The emulator's switches: quotas, latency and failures.

Set by `PUT /_control/settings` with any subset of the names below; an unknown name is refused.
"""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace

from deploy.sheets_emulator.json_types import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class FailNext:
    """Answer the next `count` calls with `status`.

    `calls` says which: `any`, `write` or `read`. With `apply` a changing call is carried out all
    the same before the failure is answered, as a 503 of Google's may be.
    """

    status: int = 503
    count: int = 1
    calls: str = "any"
    apply: bool = False

    def matches(self, is_write: bool) -> bool:
        """True if a call of this kind is to fail."""
        return self.count > 0 and self.calls in ("any", "write" if is_write else "read")


@dataclass(frozen=True, slots=True)
class LateCalls:
    """Carry out the next `count` changing calls `delay_ms` late.

    `answer` is what the client gets at once: 503 (any status), or null for nothing at all until
    it gives up. `count` null means every call.
    """

    delay_ms: int = 1000
    count: int | None = 1
    answer: int | None = 503


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be switched; null quotas are no quotas.

    `drop_triggers` and `duplicate_triggers` concern a person's gestures: true is each of them, a
    whole number the next so many, a fraction the share of them. `trigger_delay_ms` is how late
    triggers start. `check_answers` holds every answer against the discovery document; one that
    does not fit is a fault of the emulator, and becomes a 500.
    """

    quota_writes_per_minute: int | None = None
    quota_reads_per_minute: int | None = None
    latency_ms: float = 0
    fail_next: FailNext | None = None
    late_calls: LateCalls | None = None
    drop_triggers: bool | int | float = False
    duplicate_triggers: bool | int | float = False
    trigger_delay_ms: float = 0
    check_answers: bool = True


class SettingsError(Exception):
    """A setting that cannot be understood; the message says which and why."""


def changed(settings: Settings, wanted: JsonValue) -> Settings:
    """The settings with the given ones replaced; SettingsError for an unknown or wrong one."""
    if not isinstance(wanted, dict):
        raise SettingsError("The body must be a JSON object of settings.")
    known = {field.name for field in fields(Settings)}
    values: JsonObject = {}
    for name, value in wanted.items():
        if name not in known:
            raise SettingsError(f"Unknown setting {name!r}; known: {', '.join(sorted(known))}.")
        values[name] = _checked(name, value)
    return replace(settings, **values)


def _checked(name: str, value: JsonValue) -> JsonValue:
    if name == "fail_next":
        return _record(name, value, FailNext, "status")
    if name == "late_calls":
        return _record(name, value, LateCalls, "delay_ms")
    if name == "check_answers":
        if not isinstance(value, bool):
            raise SettingsError(f"{name} must be true or false.")
        return value
    if name in ("drop_triggers", "duplicate_triggers"):
        if not isinstance(value, bool | int | float):
            raise SettingsError(f"{name} must be true, false or a number.")
        return value
    is_quota = name.startswith("quota_")
    if value is None and is_quota:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise SettingsError(f"{name} must be a number, 0 or more{', or null' * is_quota}.")
    return value


def _record(
    name: str, value: JsonValue, kind: type[FailNext] | type[LateCalls], short: str
) -> JsonValue:
    """`fail_next` / `late_calls`: null or 0 is off, a number its first member, or an object."""
    if value is None or value is False or value == 0:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = {short: value}
    if not isinstance(value, dict):
        raise SettingsError(f"{name} must be an object or null.")
    members = {field.name for field in fields(kind)}
    unknown = set(value) - members
    if unknown:
        raise SettingsError(
            f"Unknown member {min(unknown)!r} of {name}; known: {', '.join(sorted(members))}."
        )
    for member, item in value.items():
        if member in ("calls", "apply"):
            continue
        may_be_null = kind is LateCalls and member in ("count", "answer")
        if item is None and may_be_null:
            continue
        if isinstance(item, bool) or not isinstance(item, int | float):
            raise SettingsError(f"{name}.{member} must be a number.")
    if value.get("calls", "any") not in ("any", "read", "write"):
        raise SettingsError(f"{name}.calls must be any, read or write.")
    if value.get("count", 1) == 0:
        return None
    return kind(**value)


def _trigger_fault(
    wanted: bool | int | float, chance: Callable[[], float]
) -> tuple[bool, bool | int | float]:
    """Whether the fault happens now, and the setting that is left."""
    if isinstance(wanted, bool):
        return wanted, wanted
    if isinstance(wanted, float):
        return chance() < wanted, wanted
    return wanted > 0, max(wanted - 1, 0)


class SettingsHolder:
    """The settings in force; safe to use from several threads."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._lock = threading.Lock()

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        return self._settings

    def change(self, wanted: JsonValue) -> Settings:
        """Replace some settings; SettingsError if one is wrong, then none is changed."""
        with self._lock:
            self._settings = changed(self._settings, wanted)
            return self._settings

    def take_failure(self, is_write: bool) -> FailNext | None:
        """Use up one failure, if one is waiting for a call of this kind."""
        with self._lock:
            failure = self._settings.fail_next
            if failure is None or not failure.matches(is_write):
                return None
            left = replace(failure, count=failure.count - 1)
            self._settings = replace(self._settings, fail_next=left if left.count > 0 else None)
            return failure

    def take_late_call(self) -> LateCalls | None:
        """Use up one late call, if any is waiting."""
        with self._lock:
            late = self._settings.late_calls
            if late is None:
                return None
            if late.count is not None:
                left = replace(late, count=late.count - 1)
                self._settings = replace(self._settings, late_calls=left if left.count else None)
            return late

    def trigger_copies(self, chance: Callable[[], float]) -> int:
        """How often the triggers of the next gesture run: 0 lost, 1, or 2.

        `chance` gives a number from 0 up to 1, for settings that are shares.
        """
        with self._lock:
            settings = self._settings
            lost, dropping = _trigger_fault(settings.drop_triggers, chance)
            if lost:
                self._settings = replace(settings, drop_triggers=dropping)
                return 0
            doubled, doubling = _trigger_fault(settings.duplicate_triggers, chance)
            self._settings = replace(settings, duplicate_triggers=doubling)
            return 2 if doubled else 1

    def to_json(self) -> JsonObject:
        """All settings."""
        return asdict(self._settings)
