"""``python -m deploy.live_feed``: what the page needs to show the database's side.

The reader's MySQL URL holds a password, so it comes by the environment and never by an argument:
``SHEETBRIDGE_READER_URL=mysql+pymysql://reader:…@host:port``.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import uvicorn

from deploy.live_feed.app import FeedSettings, create_app
from deploy.live_feed.catalogue import Catalogue
from sink.core.errors import ConfigurationError

READER_URL = "SHEETBRIDGE_READER_URL"


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal comes; exit status 2 for what a user can mend."""
    parser = argparse.ArgumentParser(prog="python -m deploy.live_feed", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8096)
    parser.add_argument("--config", type=Path, required=True, help="path of sheetbridge.toml")
    parser.add_argument("--kafka", help="bootstrap address, if not the configuration's")
    parser.add_argument(
        "--page-origin", action="append", default=[], help="origin of a page that may read the feed"
    )
    options = parser.parse_args(arguments)
    reader_url = os.environ.get(READER_URL)
    if not reader_url:
        return _refuse(f"{READER_URL} is not set", "Give it the reader's mysql+pymysql:// URL")
    try:
        catalogue = Catalogue(options.config)
    except OSError as error:
        return _refuse(f"cannot read {options.config}: {error.strerror}", "Give --config a path")
    except ConfigurationError as error:
        return _refuse(f"{error.source}: {error.problem}", error.mend)
    settings = FeedSettings(
        reader_url,
        options.kafka or catalogue.configuration.kafka.bootstrap,
        tuple(options.page_origin),
    )
    uvicorn.run(
        create_app(settings, catalogue),
        host=options.host,
        port=options.port,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    return 0


def _refuse(problem: str, mend: str) -> int:
    sys.stderr.write(f"{problem}.\n{mend}.\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
