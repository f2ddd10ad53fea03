"""Secrets in ``sheetbridge.toml``: references that are resolved here, and never plain text.

``${env:NAME}`` is a variable of the environment, ``${file:PATH}`` the content of a file without
the line ends after it. No message of this module repeats what a user wrote where a reference
belongs, since that may be the secret itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sink.core.configuration import Secret

_REFERENCE = re.compile(r"\$\{(env|file):([^{}\n]+)\}")
_CONNECT_REFERENCE = re.compile(r"\$\{[A-Za-z][\w-]*:[^{}\n]+\}")


class UnresolvedSecretError(Exception):
    """A reference that gives no secret: ``problem`` and ``mend``, without any plain text."""

    def __init__(self, problem: str, mend: str) -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where references are looked up.

    ``read_file`` takes the path as it is written (relative ones count from the configuration) and
    raises OSError or UnicodeDecodeError.
    """

    environment: Mapping[str, str]
    read_file: Callable[[str], str]

    def resolve(self, key: str, written: object) -> Secret:
        """The secret of setting ``key``. Raises UnresolvedSecretError."""
        found = _REFERENCE.fullmatch(written) if isinstance(written, str) else None
        if found is None or not isinstance(written, str):
            raise _plain_text(key, written, "${env:NAME} or ${file:PATH}")
        kind, name = found.groups()
        value = self._variable(key, name) if kind == "env" else self._file(key, name)
        return Secret(written, value)

    def _variable(self, key: str, name: str) -> str:
        value = self.environment.get(name)
        if value is None:
            raise UnresolvedSecretError(
                f"{key} refers to the variable {name}, which is not set",
                f"Set it before starting: export {name}=…",
            )
        if not value:
            raise UnresolvedSecretError(
                f"{key} refers to the variable {name}, which is empty",
                f"Give it a value: export {name}=…",
            )
        return value

    def _file(self, key: str, path: str) -> str:
        try:
            value = self.read_file(path).rstrip("\r\n")
        except FileNotFoundError:
            raise UnresolvedSecretError(
                f"{key} refers to the file {path}, which is not there",
                "Write the secret into that file (a path counts from this file's directory), "
                "readable by its owner alone: chmod 600",
            ) from None
        except OSError as error:
            raise UnresolvedSecretError(
                f"{key} refers to the file {path}, which cannot be read ({error.strerror})",
                "Make it a file that the user who runs Sheetbridge may read",
            ) from None
        except UnicodeDecodeError:
            raise UnresolvedSecretError(
                f"{key} refers to the file {path}, which is not UTF-8 text",
                "Write the secret into it as plain UTF-8 text",
            ) from None
        if not value:
            raise UnresolvedSecretError(
                f"{key} refers to the file {path}, which is empty",
                "Write the secret into that file",
            )
        return value


def connect_reference(key: str, written: object) -> str:
    """A reference that the Connect worker resolves, returned as written.

    Config providers: https://kafka.apache.org/documentation/#connect_configs_config.providers.
    Raises UnresolvedSecretError for plain text.
    """
    if not isinstance(written, str) or not _CONNECT_REFERENCE.fullmatch(written):
        raise _plain_text(key, written, "${env:NAME}, resolved by the Connect worker")
    return written


def _plain_text(key: str, written: object, form: str) -> UnresolvedSecretError:
    if isinstance(written, str) and "${" in written:
        return UnresolvedSecretError(
            f"{key} holds something other than one whole reference",
            f"Write {key} as {form}, with nothing before or after it",
        )
    return UnresolvedSecretError(
        f"{key} is written as plain text", f"Keep it out of this file: write it as {form}"
    )
