import assert from "node:assert/strict";
import { test } from "node:test";

import { difference, keyOf } from "../static/js/row_difference.js";

const HEADER = ["id", "name"];

test("a key is the same text for a number and for its digits", () => {
  assert.equal(keyOf([7, "x"], [0]), keyOf(["7", "x"], [0]));
});

test("a row without its key has no identity", () => {
  assert.equal(keyOf(["", "x"], [0]), null);
  assert.equal(keyOf(["1", "x"], []), null);
});

test("a changed cell is found at the place of its row", () => {
  const changed = difference([HEADER, ["1", "a"], ["2", "b"]], [HEADER, ["1", "a"], ["2", "c"]], [0], 1);
  assert.deepEqual(changed.cells, [{ row: 2, column: 1 }]);
  assert.deepEqual([...changed.columnsByKey], [['["2"]', [1]]]);
});

test("rows that only changed places are not changed", () => {
  const changed = difference([HEADER, ["1", "a"], ["2", "b"]], [HEADER, ["2", "b"], ["1", "a"]], [0], 1);
  assert.deepEqual([changed.cells, changed.added, changed.removed], [[], [], []]);
});

test("an inserted row is added and those below it stay the same", () => {
  const changed = difference([HEADER, ["1", "a"], ["2", "b"]], [HEADER, ["9", "z"], ["1", "a"], ["2", "b"]], [0], 1);
  assert.deepEqual([changed.cells, changed.added, changed.removed], [[], [1], []]);
});

test("a deleted row is named by its key", () => {
  const changed = difference([HEADER, ["1", "a"], ["2", "b"]], [HEADER, ["2", "b"]], [0], 1);
  assert.deepEqual(changed.removed, ['["1"]']);
});

test("a cell that became empty is changed though its row is shorter now", () => {
  const changed = difference([HEADER, ["1", "a"]], [HEADER, ["1"]], [0], 1);
  assert.deepEqual(changed.cells, [{ row: 1, column: 1 }]);
});
