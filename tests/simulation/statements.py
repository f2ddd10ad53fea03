"""SQL statements of programs that change many rows at once, or a row twice."""

from __future__ import annotations

from random import Random

from sink.core.change_event import Image
from sink.core.version import Origin
from sink.state.errors import DatabaseUnavailableError
from tests.simulation.acts import NEW_KEYS, TYPED, Program, row_key
from tests.simulation.setting import KEYS

EVERY_KEY = (*KEYS, *NEW_KEYS)


class Statements(Program):
    """A program that does not work row by row."""

    def act(self, number: int, chance: Random) -> None:
        """One statement."""
        draw = chance.random()
        keys = [key for key in EVERY_KEY if row_key(key) in self.server.data.table]
        if draw < 0.1 or not keys:
            self._truncate(number)
        elif draw < 0.4:
            self._update_many(number, keys, chance)
        elif draw < 0.6:
            self._replace(number, chance.choice(keys), chance)
        elif draw < 0.8:
            self._there_and_back(number, chance.choice(keys), chance)
        else:
            self._spell_otherwise(number, chance.choice(keys), chance)

    def _truncate(self, number: int) -> None:
        rows = dict(self.server.data.table)
        self.server.now = self.setting.server_time(self.agenda.now)
        try:
            self.server.truncate(time=self.server.now)
        except DatabaseUnavailableError:
            return
        self.count("truncates")
        self.tell(number, "program: truncates the table")
        for key, image in rows.items():
            at = int(str(key.values[0]))
            entry = self.history.add(Origin.DATABASE, at, None, False, self.agenda.now, {**image})
            entry.stamp = self.server.now

    def _update_many(self, number: int, keys: list[int], chance: Random) -> None:
        column = chance.choice(TYPED)
        self.count("updates of many rows")
        for key in keys:
            value = f"{self.value(number, chance)}{column}{key}"
            self.change(number, key, {**self._row(key), column: value})

    def _replace(self, number: int, key: int, chance: Random) -> None:
        """REPLACE INTO: a delete and an insert."""
        self.count("rows re-created")
        self.change(number, key, None)
        self.change(number, key, {"a": f"{self.value(number, chance)}a"})

    def _there_and_back(self, number: int, key: int, chance: Random) -> None:
        """Two updates, of which the second takes the first back."""
        column = chance.choice(TYPED)
        before = self._row(key)
        self.change(number, key, {**before, column: f"{self.value(number, chance)}{column}"})
        self.change(number, key, {**self._row(key), column: before[column]})

    def _spell_otherwise(self, number: int, key: int, chance: Random) -> None:
        """A value that most collations hold for the same."""
        column = chance.choice(TYPED)
        row = self._row(key)
        self.count("values spelt otherwise")
        self.change(number, key, {**row, column: otherwise(row[column], chance)})

    def _row(self, key: int) -> Image:
        return dict(self.server.data.table[row_key(key)])


def otherwise(value: object, chance: Random) -> str:
    """The same text in the other case, or with a space behind it."""
    text = "" if value is None else str(value)
    return f"{text} " if chance.random() < 0.5 else text.swapcase()
