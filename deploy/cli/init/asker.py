"""Questions at the terminal, each of which an option can answer beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import typer

from deploy.cli.console import console
from deploy.cli.failure import CommandError, tell
from sink.core.errors import SheetbridgeError

Tested = TypeVar("Tested")


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks, or with ``interactive`` off takes options only and never waits for a person."""

    interactive: bool

    def say(self, text: str = "") -> None:
        """Tell a person something that is no question; silent where nobody is asked."""
        if self.interactive:
            console.print(text, highlight=False, markup=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Tell what is unwise but goes on, on stderr; whether or not anybody is asked."""
        tell(f"warning: {text}")

    def text(
        self,
        question: str,
        *,
        option: str,
        given: str | None = None,
        default: str | None = None,
        hidden: bool = False,
    ) -> str:
        """The answer: ``given``, else what is typed, else the default.

        Raises CommandError naming ``option`` where nobody can be asked and there is no default.
        """
        if given is not None:
            return given
        if not self.interactive:
            if default is None:
                raise CommandError(
                    f"{option} is missing", mend=f"Give {option}, or leave --no-input away."
                )
            return default
        answer = typer.prompt(
            question, default=default, hide_input=hidden, show_default=bool(default)
        )
        return str(answer).strip()

    def choice(
        self,
        question: str,
        among: Sequence[str],
        *,
        option: str,
        given: str | None = None,
        default: str | None = None,
    ) -> str:
        """One of ``among``, by its name or its number in the list (from 1)."""

        def pick(answer: str) -> str:
            if answer in among:
                return answer
            if answer.isdecimal() and 1 <= int(answer) <= len(among):
                return among[int(answer) - 1]
            raise CommandError(f"{answer!r} is none of them", mend=f"Choose {_or(among)}.")

        if given is None:
            for number, each in enumerate(among, start=1):
                self.say(f"  {number}. {each}")
        return self.until_good(question, pick, option=option, given=given, default=default)

    def confirm(self, question: str, *, default: bool) -> bool:
        """Yes or no; the default where nobody can be asked."""
        return typer.confirm(question, default=default) if self.interactive else default

    def until_good(
        self,
        question: str,
        test: Callable[[str], Tested],
        *,
        option: str,
        given: str | None = None,
        default: str | None = None,
        hidden: bool = False,
    ) -> Tested:
        """What ``test`` makes of the answer.

        ``test`` raises SheetbridgeError on an unfit one; a person is then told and asked again, an
        option's value fails the command.
        """
        answer = self.text(question, option=option, given=given, default=default, hidden=hidden)
        while True:
            try:
                return test(answer)
            except SheetbridgeError as error:
                if not self.interactive:
                    raise
                tell(str(error))
            answer = self.text(question, option=option, default=default, hidden=hidden)


def _or(names: Sequence[str]) -> str:
    shown = list(names[:8]) + (["…"] if len(names) > 8 else [])
    return ", ".join(shown)
