"""The migrations of the sink's schema are one chain: a server has one way from any version on."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

import sink.state.migrations


def test_the_migrations_are_one_chain() -> None:
    config = Config()
    folder = Path(sink.state.migrations.__file__).parent
    config.set_main_option("script_location", str(folder))
    scripts = ScriptDirectory.from_config(config)
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    files = {file.stem.split("_")[0] for file in (folder / "versions").glob("v*.py")}
    assert len(list(scripts.walk_revisions())) == len(files)
