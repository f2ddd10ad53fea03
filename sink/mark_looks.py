"""The looks at what cells say of ours, in the order in which they are due."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sink.core.errors import SheetbridgeError
from sink.errands import Errands
from sink.sheet_calls import SheetCalls
from sink.writers.sheets.face_reading import FaceSight
from sink.writers.sheets.layout import TabLayout


def look_at_marks(
    calls: SheetCalls,
    errands: Errands,
    layout: TabLayout,
    take_faces: Callable[[FaceSight], None],
    failed: Callable[[SheetbridgeError], None],
) -> bool:
    """Begin the one that is due; returns whether there was one."""
    marking, tagged = calls.marking, calls.tag_marking
    now = calls.parts.around.monotonic()
    if marking.wants_look(now):
        errands.run(marking.look(layout), take_faces, failed)
    elif tagged.wants_look(now):
        errands.run(tagged.look(layout), tagged.take, failed)
    elif marking.wants_strays(now):
        take = partial(marking.take_strays, tagged=tagged.marked)
        errands.run(marking.look_for_strays(layout), take, failed)
    else:
        return False
    return True
