"""``sheetbridge init``: asks, tests each answer at once, writes ``sheetbridge.toml``."""

from deploy.cli.init.command import app

__all__ = ["app"]
