import assert from "node:assert/strict";
import { test } from "node:test";

import { formatBlock, parseBlock } from "../static/js/grid/clipboard.js";

test("a copied block is lines of cells set apart by tabs", () => {
  assert.deepEqual(parseBlock("1\t2\r\n3\t4\r\n"), [["1", "2"], ["3", "4"]]);
});

test("a quoted cell holds tabs, line breaks and doubled quotes", () => {
  assert.deepEqual(parseBlock('"a\tb"\t"x\ny"\n"say ""hi"""\tz'), [["a\tb", "x\ny"], ['say "hi"', "z"]]);
});

test("a quote that is not closed is text", () => {
  assert.deepEqual(parseBlock('5" pipe\t"loose'), [['5" pipe', '"loose']]);
});

test("short rows are padded to the block's width", () => {
  assert.deepEqual(parseBlock("a\tb\tc\nd"), [["a", "b", "c"], ["d", "", ""]]);
});

test("an empty clipboard is one empty cell", () => {
  assert.deepEqual(parseBlock(""), [[""]]);
});

test("what is copied here can be pasted here", () => {
  const block = [["plain", "tab\there"], ['q"uote', "two\nlines"], ["", "end"]];
  assert.deepEqual(parseBlock(formatBlock(block)), block);
});
