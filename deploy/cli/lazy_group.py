"""A command group that imports a subcommand's module only when it is asked for.

``sheetbridge down`` need not load Google's client. Each module named in the table holds a
``typer.Typer`` called ``app``.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from deploy.cli.help_text import unwrap


class LazyGroup(TyperGroup):
    """A ``TyperGroup`` over ``modules``: subcommand name → module with an ``app``."""

    modules: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: object) -> list[str]:
        """Names of the subcommands, in the order of the table."""
        del ctx
        return list(self.modules)

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """The subcommand, loaded now; None where there is none of that name.

        For an unknown name all are loaded, so that the error can suggest one.
        """
        del ctx
        if cmd_name not in self.modules:
            for name in self.modules:
                self._load(name)
            return None
        return self._load(cmd_name)

    def _load(self, name: str) -> TyperCommand | TyperGroup:
        app = importlib.import_module(self.modules[name]).app
        if not isinstance(app, typer.Typer):
            raise TypeError(f"{self.modules[name]}.app is not a typer.Typer")
        command = get_command(app)
        if not isinstance(command, TyperCommand | TyperGroup):
            raise TypeError(f"{self.modules[name]}.app makes no command")
        command.name = name
        unwrap(command)
        self.commands[name] = command
        return command
