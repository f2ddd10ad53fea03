import assert from "node:assert/strict";
import { test } from "node:test";

import { blockName, cellName, columnLetters, rangeSize, rangeStart } from "../static/js/a1.js";

test("columns after Z have two letters, after ZZ three", () => {
  assert.deepEqual([0, 25, 26, 701, 702].map(columnLetters), ["A", "Z", "AA", "ZZ", "AAA"]);
});

test("a block is named by its corners, a single cell by itself", () => {
  assert.equal(blockName({ top: 1, left: 1, bottom: 3, right: 2 }), "B2:C4");
  assert.equal(blockName({ top: 1, left: 1, bottom: 1, right: 1 }), cellName(1, 1));
});

test("a range begins where it says, also on a tab whose name has an exclamation mark", () => {
  assert.deepEqual(rangeStart("'Hi! 5'!AB12:AC13"), { row: 11, column: 27 });
  assert.deepEqual(rangeStart("planes!C:D"), { row: 0, column: 2 });
});

test("only a range closed on both ends has a size", () => {
  assert.deepEqual(rangeSize("planes!B2:C5"), { rows: 4, columns: 2 });
  assert.deepEqual(rangeSize("planes!B2"), { rows: 1, columns: 1 });
  assert.equal(rangeSize("planes!A2:C"), null);
  assert.equal(rangeSize("planes"), null);
});
