"""On which line each key of a TOML text stands.

``tomllib`` gives lines for syntax only. A TOML statement (a header or a ``key = value``) is always
a run of whole lines, and no shorter run of them is valid, so the text is cut into statements by
parsing line after line; each statement alone then says which keys it holds.
"""

from __future__ import annotations

import tomllib

Path = tuple[str | int, ...]
"""Keys from the root; an array's elements count from 0: ``("mapping", 0, "key")``."""


class TomlLines:
    """The lines of a text that ``tomllib`` accepts."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._arrays: dict[Path, int] = {}
        self._section: Path = ()
        lines = text.split("\n")
        self.last = max(1, len(text.rstrip().split("\n")))
        start = 0
        for end in range(1, len(lines) + 1):
            try:
                statement = tomllib.loads("\n".join(lines[start:end]))
            except tomllib.TOMLDecodeError:
                continue
            if lines[start].lstrip().startswith("["):
                self._enter(statement, start + 1)
            else:
                self._record(self._section, statement, start + 1)
            start = end

    def line(self, path: Path) -> int:
        """Where ``path`` is written; for what is not there, where its nearest parent is."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _enter(self, header: dict[str, object], line: int) -> None:
        path: Path = ()
        content: object = header
        while isinstance(content, dict) and content:
            name, content = next(iter(content.items()))
            path = (*path, name)
            if isinstance(content, list):
                self._arrays[path] = self._arrays.get(path, -1) + 1
                content = {}
            if path in self._arrays:
                path = (*path, self._arrays[path])
        self._lines[path] = line
        for length in range(1, len(path)):
            self._lines.setdefault(path[:length], line)
        self._section = path

    def _record(self, path: Path, content: object, line: int) -> None:
        self._lines.setdefault(path, line)
        if isinstance(content, dict):
            for name, value in content.items():
                self._record((*path, name), value, line)
        elif isinstance(content, list):
            for number, value in enumerate(content):
                self._record((*path, number), value, line)
