"""The rows that the tour adds, and an application's statements for them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from deploy.cli.demo.comparison import Value

Row = dict[str, Value]

PLANES: Final = "demo.planes"
WEATHER: Final = "demo.weather"
SEEDED_PLANE: Final = "N10156"

INSERT_PLANE: Final = (
    "INSERT INTO demo.planes"
    " (tailnum, year, type, manufacturer, model, engines, seats, speed, engine) VALUES"
    " (:tailnum, :year, :type, :manufacturer, :model, :engines, :seats, :speed, :engine)"
)
UPDATE_PLANE: Final = (
    "UPDATE demo.planes SET seats = :seats, engine = :engine WHERE tailnum = :tailnum"
)
DELETE_PLANE: Final = "DELETE FROM demo.planes WHERE tailnum = :tailnum"
INSERT_OBSERVATION: Final = (
    "INSERT INTO demo.weather (origin, time_hour, day, temp, dewp, humid, wind_dir,"
    " wind_speed, wind_gust, precip, pressure, visib) VALUES (:origin, :time_hour, :day, :temp,"
    " :dewp, :humid, :wind_dir, :wind_speed, :wind_gust, :precip, :pressure, :visib)"
)
DELETE_OBSERVATION: Final = (
    "DELETE FROM demo.weather WHERE origin = :origin AND time_hour = :time_hour"
)


@dataclass(frozen=True, slots=True)
class Samples:
    """Rows with keys that no earlier tour used: ``mark`` is four letters, ``second`` a moment."""

    mark: str
    second: int
    planes_tab: str = "planes"
    weather_tab: str = "weather"

    @classmethod
    def new(cls, chance: random.Random) -> Samples:
        """Keys drawn by ``chance``."""
        letters = "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=4))
        return cls(letters, chance.randrange(28 * 86_400))

    def plane(self, by: str) -> Row:
        """A new aircraft; ``by`` (a letter) tells apart whose it is."""
        return {
            "tailnum": f"N{self.mark}{by}",
            "year": 2013,
            "type": "Fixed wing multi engine",
            "manufacturer": "AIRBUS",
            "model": "A320-214",
            "engines": 2,
            "seats": 182,
            "speed": None,
            "engine": "Turbo-fan",
        }

    def observation(self) -> Row:
        """A new observation of February, which the loaded data does not hold."""
        at = datetime.fromisoformat("2013-02-01T00:00:00") + timedelta(seconds=self.second)
        return {
            "origin": "JFK",
            "time_hour": at,
            "day": at.date(),
            "temp": Decimal("-12.05"),
            "dewp": None,
            "humid": Decimal("59.37"),
            "wind_dir": 270,
            "wind_speed": Decimal("10.36"),
            "wind_gust": None,
            "precip": Decimal("0.00"),
            "pressure": Decimal("1012.30"),
            "visib": Decimal("10.00"),
        }

    def retyped(self) -> Row:
        """What a person pastes over an observation: a date and a decimal, side by side."""
        return {"day": date(2013, 3, 1), "temp": Decimal("30.25")}
