import assert from "node:assert/strict";
import { test } from "node:test";

import { intentOf } from "../static/js/grid/keyboard.js";

/** A key pressed alone, or with what `more` says. */
const press = (key, more = {}) =>
  intentOf({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

test("a character begins an edit with itself, Enter and F2 with what is there", () => {
  assert.deepEqual(press("5"), { kind: "edit", text: "5" });
  assert.deepEqual(press("Enter"), { kind: "edit", text: null });
  assert.deepEqual(press("F2"), { kind: "edit", text: null });
});

test("arrows move, with Shift they extend, with Control they go to the edge", () => {
  assert.deepEqual(press("ArrowDown"), { kind: "move", rows: 1, columns: 0, extend: false });
  assert.deepEqual(press("ArrowLeft", { shiftKey: true }), { kind: "move", rows: 0, columns: -1, extend: true });
  assert.deepEqual(press("ArrowUp", { ctrlKey: true }), { kind: "edge", row: -1, column: 0, extend: false });
});

test("Delete clears", () => {
  assert.deepEqual(press("Delete"), { kind: "clear" });
});

test("Tab, Escape, copy and paste stay the browser's", () => {
  for (const key of ["Tab", "Escape", "F5"]) assert.equal(press(key), null);
  for (const key of ["c", "v"]) assert.equal(press(key, { ctrlKey: true }), null);
});
