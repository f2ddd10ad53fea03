"""Area *clocks*: the server's and Google's, against this machine's.

Edits of one cell that truly cross are decided by time, so those clocks should agree; and a post is
refused when its time (Google's) is too far from the webhook's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime

import httpx

from deploy.cli.check.finding import Finding, MissingPieceError, ok, problem, warning
from deploy.cli.check.mysql_server import Server
from sink.core import clock_difference
from sink.core.configuration import Configuration, GoogleSettings

GOOGLE = "https://sheets.googleapis.com"
TIMEOUT = 10.0
NOTICEABLE = clock_difference.NOTICEABLE / clock_difference.SECOND
TOO_FAR = clock_difference.TOO_FAR / clock_difference.SECOND


def server_offset(server: Server, now: Callable[[], float] = time.time) -> float:
    """How far the server's clock is ahead of ours, in seconds."""
    before = now()
    ((stamp,),) = server.rows("SELECT UNIX_TIMESTAMP(NOW(6))")
    after = now()
    return float(str(stamp)) - (before + after) / 2


def google_offset(
    settings: GoogleSettings, http: httpx.Client, now: Callable[[], float] = time.time
) -> float:
    """How far Google's clock is ahead of ours, in seconds, to about half a second.

    Raises MissingPieceError where nothing answers.
    """
    address = settings.api_endpoint or GOOGLE
    before = now()
    try:
        answer = http.get(address, timeout=TIMEOUT)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise MissingPieceError(
            f"{address} does not answer ({str(error) or type(error).__name__}).",
            "Check the connection to the Internet, or google.api_endpoint.",
        ) from error
    after = now()
    shown = answer.headers.get("date")
    if shown is None:
        raise MissingPieceError(
            f"{address} answers without a Date.", "Does a proxy stand between us and Google?"
        )
    # The header is cut to the second: on average the time was half a second later.
    return parsedate_to_datetime(shown).timestamp() + 0.5 - (before + after) / 2


def check_database_clock(server: float, google: float) -> Iterator[Finding]:
    """MySQL's clock against Google's; both are offsets from ours in seconds."""
    yield _judge(server - google)


def check_own_clock(configuration: Configuration, google: float) -> Iterator[Finding]:
    """Ours against Google's, whose posts the webhook judges by our clock."""
    yield _judge_here(google, configuration.webhook.replay_window)


def _judge(apart: float) -> Finding:
    told = f"MySQL's clock is {abs(apart):.1f} s {'ahead of' if apart > 0 else 'behind'} Google's"
    mend = "Let the database server's clock follow NTP (chrony or systemd-timesyncd)."
    if abs(apart) > TOO_FAR:
        return problem(f"{told}: in a conflict the wrong edit would win.", mend)
    if abs(apart) > NOTICEABLE:
        return warning(f"{told}; it decides conflicts within that time.", mend)
    return ok("MySQL's and Google's clocks agree")


def _judge_here(offset: float, window: int) -> Finding:
    told = f"This machine's clock is {abs(offset):.1f} s {'behind' if offset > 0 else 'ahead of'}"
    mend = "Let this machine's clock follow NTP (chrony or systemd-timesyncd)."
    if abs(offset) >= window:
        return problem(f"{told} Google's: the webhook would refuse every edit as stale.", mend)
    if abs(offset) > window / 10:
        return warning(f"{told} Google's; from {window} s on the webhook refuses edits.", mend)
    return ok("this machine's clock agrees with Google's")
