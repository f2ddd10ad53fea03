"""Named ranges as a fence: a batch that names an unknown token applies nothing."""

import pytest

from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonObject
from tests.contract.sheets_emulator.requests import cells, grid_range


def add(token: str, name: str) -> JsonObject:
    named = {"namedRangeId": token, "name": name, "range": grid_range(0, 1, 0, 1)}
    return {"addNamedRange": {"namedRange": named}}


def delete(token: str) -> JsonObject:
    return {"deleteNamedRange": {"namedRangeId": token}}


def refused(document: Document, *requests: JsonObject) -> str:
    with pytest.raises(ApiError) as caught:
        document.batch_update(list(requests))
    return caught.value.message


def test_a_call_with_the_last_token_applies_once(document: Document) -> None:
    document.batch_update([add("t1", "fence1")])
    call = [delete("t1"), add("t2", "fence2"), cells(0, 0, [["written"]])]
    document.batch_update(call)
    document.values_update("A1", [["later"]], "RAW")
    assert refused(document, *call).startswith("Invalid requests[0].deleteNamedRange: ")
    assert document.values_get("A1") == [["later"]]
    assert [named["namedRangeId"] for named in document.get()["namedRanges"]] == ["t2"]


def test_an_id_or_a_name_that_exists_is_refused(document: Document) -> None:
    document.batch_update([add("t1", "fence")])
    assert refused(document, add("t1", "other")).startswith("Invalid requests[0].addNamedRange: ")
    assert refused(document, add("t2", "FENCE")).startswith("Invalid requests[0].addNamedRange: ")


def test_ids_are_given_where_none_is_asked_for(document: Document) -> None:
    named = {"name": "mine", "range": grid_range(0, 2, 0, 2)}
    reply = document.batch_update([{"addNamedRange": {"namedRange": named}}])[0]
    given = reply["addNamedRange"]["namedRange"]
    assert given["namedRangeId"].isdigit()
    assert "sheetId" not in given["range"]
    document.batch_update([delete(given["namedRangeId"])])
    assert "namedRanges" not in document.get()


def test_an_update_changes_the_masked_fields_only(document: Document) -> None:
    document.batch_update([add("t1", "fence")])
    wanted = {"namedRangeId": "t1", "name": "gate", "range": grid_range(4, 5, 0, 1)}
    document.batch_update([{"updateNamedRange": {"namedRange": wanted, "fields": "name"}}])
    named = document.get()["namedRanges"][0]
    assert (named["name"], named["range"]["startRowIndex"]) == ("gate", 0)
    unknown = {"updateNamedRange": {"namedRange": {"namedRangeId": "x"}, "fields": "name"}}
    assert refused(document, unknown).startswith("Invalid requests[0].updateNamedRange: ")


def test_values_are_read_by_name(document: Document) -> None:
    document.batch_update([cells(0, 0, [["v"]]), add("t1", "here"), cells(1, 0, [["=here"]])])
    assert document.values_get("here") == [["v"]]
    assert document.values_get("A2") == [["v"]]


@pytest.mark.parametrize("name", ["", "A1", "two words", "1st", "TRUE", "R1C1"])
def test_names_that_read_as_something_else_are_refused(document: Document, name: str) -> None:
    refused(document, add("t1", name))
