"""Marks of rows without a key at the Sheets API: by their tags, through Google's own client."""

from __future__ import annotations

from sink.core import marks
from sink.core.marks import MARKER, Face, Mark, is_tint
from sink.stored_call import decode_call, encode_call
from sink.writers.sheets.call import RowWrite, SheetCall, TagMarks, plan_call
from sink.writers.sheets.face_reading import TagFaces, look_at_tagged
from sink.writers.sheets.faces import face_of
from sink.writers.sheets.mending import Mending, mending_of
from sink.writers.sheets.row_tags import move_tags
from tests.contract.test_marks import BLUE, TABLE, Desk, desk, key

__all__ = ["desk"]

SAID = "This row is not in the database yet: “id” is missing."
TAG = "tag1"


def begin(desk: Desk) -> None:
    """A person types a row without a key, with a note and a colour of their own at its key cell."""
    desk.document.values_update("orders!C6", [["Wine"]])
    desk.decorate("B6", "ask Ann", BLUE)
    move_tags(desk.tab.client, desk.layout, {TAG: 5})


def look(desk: Desk, *tags: str) -> TagFaces:
    return look_at_tagged(desk.tab.client, desk.layout, tags or (TAG,))


def said(sight: TagFaces, mark: Mark) -> TagMarks:
    _, writes = marks.plan({"id": mark}, sight.faces[TAG])
    return TagMarks(sight.places[TAG], writes)


def planned(
    desk: Desk, *tagged: TagMarks, write: RowWrite | None = None, mending: Mending | None = None
) -> SheetCall:
    desk.calls += 1
    mended = mending or Mending()
    return plan_call(
        desk.calls,
        f"fence{desk.calls - 1}",
        f"fence{desk.calls}",
        [] if write is None else [write],
        mended.repairs,
        mended.restores,
        (),
        desk.layout,
        TABLE,
        (),
        tagged,
    )


def insert_row(desk: Desk, at: int) -> None:
    place = {"sheetId": 0, "dimension": "ROWS", "startIndex": at, "endIndex": at + 1}
    desk.document.batch_update([{"insertDimension": {"range": place}}], actor="person")


def is_marked(face: Face) -> bool:
    return is_tint(face.background) and face.note == f"ask Ann\n\n{MARKER}\n{SAID}"


def test_a_row_is_marked_by_its_tag_and_bears_no_trace_afterwards(desk: Desk) -> None:
    begin(desk)
    before = desk.cell("B6")
    insert_row(desk, 2)
    answer = desk.send(planned(desk, said(look(desk), Mark(wanted=SAID))))
    assert is_marked(desk.face("B7"))
    (reached,) = answer.marked
    noted = marks.reached({"id": Mark(SAID)}, reached.said.marks, reached.faces)
    assert noted["id"].under == face_of(before).background
    desk.send(planned(desk, said(look(desk), Mark(None, SAID, under=noted["id"].under))))
    assert desk.face("B7") == face_of(before)
    assert desk.cell("B7")["userEnteredFormat"]["textFormat"] == {"bold": True}


def test_a_new_row_of_the_same_call_pushes_it_down(desk: Desk) -> None:
    begin(desk)
    new = RowWrite("insert", key(3), {"name": "Rice", "price": "4.00"})
    answer = desk.send(planned(desk, said(look(desk), Mark(wanted=SAID)), write=new))
    assert is_marked(desk.face("B7"))
    assert len(answer.marked) == len(answer.reached) == 1


def test_a_row_that_moved_under_the_call_gives_its_place_s_face_back(desk: Desk) -> None:
    begin(desk)
    desk.decorate("B4", "of the total", BLUE)
    before = desk.face("B4")
    call = planned(desk, said(look(desk), Mark(wanted=SAID)))
    insert_row(desk, 3)
    insert_row(desk, 3)  # the total stands where the new row stood
    answer = desk.send(call)
    assert answer.marked == []
    desk.layout = desk.tab.read_layout()
    desk.send(planned(desk, mending=mending_of(answer, [], TABLE)))
    assert desk.face("B6") == before
    desk.send(planned(desk, said(look(desk), Mark(wanted=SAID))))
    assert is_marked(desk.face("B8"))


def test_what_was_typed_since_the_look_is_seen_and_the_face_is_put_back(desk: Desk) -> None:
    begin(desk)
    before = desk.face("B6")
    call = planned(desk, said(look(desk), Mark(wanted=SAID)))
    desk.document.values_update("orders!D6", [[7]])
    answer = desk.send(call)
    assert answer.marked == []
    desk.send(planned(desk, mending=mending_of(answer, [], TABLE)))
    assert desk.face("B6") == before


def test_a_call_that_was_applied_unheard_is_understood_from_its_copies(desk: Desk) -> None:
    begin(desk)
    call = planned(desk, said(look(desk), Mark(wanted=SAID)))
    desk.decorate("B6", "just now", BLUE)
    desk.send(call)
    stored = decode_call(encode_call(call, "fence0", 0), TABLE).call
    assert stored.tagged == call.tagged
    answer, _ = desk.tab.recover(stored, desk.layout)
    assert answer.marked[0].faces["id"].note == "just now"


def test_a_tag_goes_after_the_cells_that_were_sorted_away_from_it(desk: Desk) -> None:
    begin(desk)
    desk.document.values_update("orders!C8", [["Beer"]])
    move_tags(desk.tab.client, desk.layout, {TAG: 7})
    assert look(desk).places[TAG].contents["name"] == "Beer"
    assert look(desk, TAG, "unknown").asked == (TAG, "unknown")
    assert look(desk, "unknown").faces == {}
