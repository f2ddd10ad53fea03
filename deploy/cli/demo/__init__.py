"""``sheetbridge demo``: the whole stack, a tour of all moves, then it stays up."""

from deploy.cli.demo.command import app

__all__ = ["app"]
