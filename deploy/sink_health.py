"""``python -m deploy.sink_health``: exit status 0 if a sink is at work, for a container's check.

At work means that the configuration's consumer group has a member at the configuration's Kafka.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.cli.configuration import load
from deploy.local.kafka_client import has_members
from sink.core.errors import ConfigurationError


def main(arguments: list[str] | None = None) -> int:
    """Look once; returns the exit status. Says on stderr what is missing."""
    parser = argparse.ArgumentParser(prog="python -m deploy.sink_health", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="path of sheetbridge.toml")
    options = parser.parse_args(arguments)
    try:
        configuration = load(options.config)
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    bootstrap, group = configuration.kafka.bootstrap, configuration.sink.group
    if has_members(bootstrap, group):
        return 0
    sys.stderr.write(f"group {group} at {bootstrap} has no member\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
