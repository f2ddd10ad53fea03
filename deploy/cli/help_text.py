"""Help that fits the terminal: typer keeps the line breaks that the source has, at any width."""

from __future__ import annotations

import inspect

from typer.core import TyperCommand, TyperGroup


def unwrap(command: TyperCommand | TyperGroup) -> None:
    """Let the help of a command, and of all below it, be wrapped by who shows it."""
    if command.help is not None:
        command.help = unwrapped(command.help)
    if isinstance(command, TyperGroup):
        for each in command.commands.values():
            if isinstance(each, TyperCommand | TyperGroup):
                unwrap(each)


def unwrapped(text: str) -> str:
    """``text`` with each paragraph in one line; indented ones, which are examples, as they are."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        paragraph if paragraph.startswith(" ") else paragraph.replace("\n", " ")
        for paragraph in paragraphs
    )
