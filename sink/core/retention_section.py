"""Reading ``[retention]`` of ``sheetbridge.toml``: how many days what is kept."""

from __future__ import annotations

from sink.core.configuration import RetentionSettings
from sink.core.settings_section import Section

_LONGEST = 36_500


def read_retention(section: Section) -> RetentionSettings:
    """The settings; raises ConfigurationError where a tombstone would not outlive the edit ids."""
    section.allow("edit_ids", "tombstones", "conflicts", "dead_letters")
    usual = RetentionSettings()
    edit_ids = section.integer("edit_ids", usual.edit_ids, 1, _LONGEST)
    settings = RetentionSettings(
        edit_ids=edit_ids,
        tombstones=section.integer("tombstones", max(usual.tombstones, edit_ids), 1, _LONGEST),
        conflicts=section.integer("conflicts", usual.conflicts, 1, _LONGEST),
        dead_letters=section.integer("dead_letters", usual.dead_letters, 1, _LONGEST),
    )
    if settings.tombstones < edit_ids:
        section.fail(
            f"tombstones in [retention] is {settings.tombstones}, less than edit_ids, {edit_ids}: "
            "a late edit could bring a deleted row back",
            f"Write at least: tombstones = {edit_ids}",
            "tombstones",
        )
    return settings
