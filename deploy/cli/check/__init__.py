"""``sheetbridge check``: everything a user can have set wrong, each with its mend.

``command`` is the command line, ``areas`` says which checks there are, ``runner`` runs them; one
file an area holds small functions that look at one thing and return findings.
"""

from deploy.cli.check.command import app

__all__ = ["app"]
