import assert from "node:assert/strict";
import { test } from "node:test";

import { exampleStatement } from "../static/js/sql_example.js";
import { TableModel } from "../static/js/table_model.js";
import { alike } from "../static/js/values_alike.js";

const model = () =>
  new TableModel({
    mapping: "people", table: "demo.people", key: ["id"], total: 2,
    columns: [
      { name: "id", type: "int", header: "id" },
      { name: "name", type: "varchar", header: "Name" },
      { name: "age", type: "int", header: "age" },
    ],
    rows: [[2, "Bo", 30], [10, "Al", null]],
  });

test("a changed row changes in its place and says which columns", () => {
  const table = model();
  const { cells, sighted } = table.apply([{ key: [10], row: [10, "Al", 41] }]);
  assert.deepEqual(cells, [{ row: 1, column: 2 }]);
  assert.deepEqual([...sighted], [['["10"]', ["age"]]]);
});

test("a row told twice is news once", () => {
  const table = model();
  table.apply([{ key: [10], row: [10, "Al", 41] }]);
  assert.equal(table.apply([{ key: [10], row: [10, "Al", 41] }]).sighted.size, 0);
});

test("new rows stand in key order, numbers by value", () => {
  const table = model();
  table.apply([{ key: [9], row: [9, "Cy", 5] }]);
  assert.deepEqual(table.rows.map(([id]) => id), [2, 9, 10]);
  assert.equal(table.places.get('["10"]'), 2);
});

test("a row that is gone is taken out, and the whole row is the news", () => {
  const table = model();
  assert.deepEqual([...table.apply([{ key: [2], row: null }]).sighted], [['["2"]', []]]);
  assert.equal(table.rows.length, 1);
});

test("a table read again tells only what changed meanwhile", () => {
  const table = model();
  const update = table.applyPage({ ...table.page, rows: [[2, "Bo", 31]], total: 1 });
  assert.deepEqual([...(update?.sighted ?? [])], [['["10"]', []], ['["2"]', ["age"]]]);
});

test("a table whose columns changed must be shown as a new one", () => {
  const table = model();
  assert.equal(table.applyPage({ ...table.page, columns: table.columns.slice(0, 2) }), null);
});

test("NULL looks other than the text NULL", () => {
  assert.deepEqual(model().source().cell(1, 2), { text: "NULL", kind: "null" });
});

test("the example statement names the row by its key and quotes what needs it", () => {
  const table = model();
  assert.equal(exampleStatement(table, 1, 2), "UPDATE demo.people SET age = 1 WHERE id = 10;");
  table.rows[1][0] = "O'Hara\\";
  assert.match(exampleStatement(table, 1, 2) ?? "", /WHERE id = 'O''Hara\\\\';$/);
});

test("numbers are alike by value, an empty cell is like NULL", () => {
  assert.ok(alike("41.5", "41.50"));
  assert.ok(alike("", null));
  assert.ok(!alike("", 0));
  assert.ok(!alike("soon", "1999"));
});
