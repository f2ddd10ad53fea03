import assert from "node:assert/strict";
import { test } from "node:test";

import { Catalogue } from "../static/js/catalogue.js";

const mapping = (name, more = {}) => ({
  name, table: `demo.${name}`, spreadsheet_id: "S", tab: name, key: ["id"], columns: "*", ...more,
});
const tab = (title, hidden = false) => ({ title, hidden });

test("a mapping that is added is news once, and the others stay the same objects", () => {
  const catalogue = new Catalogue("S", [tab("planes")], [mapping("planes")]);
  const planes = catalogue.mappingOf("planes");
  assert.equal(catalogue.mappingOf("orders"), null);
  assert.equal(catalogue.setMappings([mapping("planes"), mapping("orders")]), true);
  assert.equal(catalogue.setMappings([mapping("planes"), mapping("orders")]), false);
  assert.equal(catalogue.mappingOf("planes"), planes);
  assert.equal(catalogue.mappingOf("orders")?.table, "demo.orders");
});

test("a mapping whose key was corrected is another object", () => {
  const catalogue = new Catalogue("S", [tab("planes")], [mapping("planes")]);
  const before = catalogue.mappingOf("planes");
  catalogue.setMappings([mapping("planes", { key: ["tailnum"] })]);
  assert.notEqual(catalogue.mappingOf("planes"), before);
});

test("mappings of other spreadsheets are not this page's", () => {
  const catalogue = new Catalogue("S", [tab("planes")], [mapping("planes", { spreadsheet_id: "T" })]);
  assert.equal(catalogue.mapped.size, 0);
});

test("a notice of a tab that is not known yet makes the page look at the tabs again", () => {
  const catalogue = new Catalogue("S", [tab("planes")], []);
  assert.deepEqual([catalogue.concerns("planes"), catalogue.concerns("orders")], [false, true]);
  assert.equal(catalogue.setTabs([tab("planes"), tab("orders")]), true);
  assert.equal(catalogue.concerns("orders"), false);
  assert.equal(catalogue.setTabs([tab("planes"), tab("orders")]), false);
});

test("the page begins with a mapped tab that a person can see", () => {
  const tabs = [tab("notes"), tab("planes"), tab("log", true)];
  assert.equal(new Catalogue("S", tabs, [mapping("log"), mapping("planes")]).first, "planes");
  assert.equal(new Catalogue("S", tabs, []).first, "notes");
});
