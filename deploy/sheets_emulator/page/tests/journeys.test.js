import assert from "node:assert/strict";
import { test } from "node:test";

import { Journeys, LATE_AFTER } from "../static/js/journeys.js";

/** A person's edit of `year` at 1,000 ms. */
const edit = (more = {}) => ({
  origin: "sheet", mapping: "planes", key: '["N1"]', what: "write",
  cells: [{ column: "year", old: "1", new: "2" }], startedAt: 1000, ...more,
});
const sighting = (more = {}) => ({
  side: "database", mapping: "planes", key: '["N1"]', columns: ["year"], at: 1084, ...more,
});
const unseen = () => null;

test("a journey ends when the other side shows the cell, and lasted until then", () => {
  const journeys = new Journeys();
  const journey = journeys.begin(edit(), true);
  journeys.sight(sighting());
  assert.deepEqual([journey.state, journey.latency], ["arrived", 84]);
});

test("neither another column, row, mapping nor the same side ends it", () => {
  const journeys = new Journeys();
  const journey = journeys.begin(edit(), true);
  journeys.sight(sighting({ columns: ["seats"] }));
  journeys.sight(sighting({ key: '["N2"]' }));
  journeys.sight(sighting({ mapping: "weather" }));
  journeys.sight(sighting({ side: "sheet" }));
  assert.equal(journey.state, "underway");
});

test("a side may show the row before the change event is read", () => {
  const journeys = new Journeys();
  journeys.sight(sighting({ side: "sheet", at: 1050 }));
  const journey = journeys.begin(edit({ origin: "database" }));
  assert.equal(journey.latency, 50);
});

test("what was shown before the change was made does not end it", () => {
  const journeys = new Journeys();
  journeys.sight(sighting({ at: 900 }));
  assert.equal(journeys.begin(edit()).state, "underway");
});

test("the sheet's event in Kafka is the edit that was typed here, not another", () => {
  const journeys = new Journeys();
  const typed = journeys.begin(edit(), true);
  assert.equal(journeys.begin(edit({ startedAt: 1060 })), typed);
  assert.equal(journeys.all.length, 1);
});

test("a journey is late after its time and not before", () => {
  const journeys = new Journeys();
  journeys.begin(edit(), true);
  assert.equal(journeys.sweep(1000 + LATE_AFTER, unseen).length, 0);
  assert.equal(journeys.sweep(1001 + LATE_AFTER, unseen).length, 1);
});

test("a late journey can still arrive", () => {
  const journeys = new Journeys();
  const journey = journeys.begin(edit(), true);
  journeys.sweep(1001 + LATE_AFTER, unseen);
  journeys.sight(sighting({ at: 21_000 }));
  assert.deepEqual([journey.state, journey.latency], ["arrived", 20_000]);
});

test("what the other side showed already is the same, not late", () => {
  const journeys = new Journeys();
  const journey = journeys.begin(edit(), true);
  assert.equal(journeys.sweep(99_000, () => "same").length, 0);
  assert.equal(journey.state, "same");
});

test("an edit that a later, arrived one went over is replaced", () => {
  const journeys = new Journeys();
  const first = journeys.begin(edit(), true);
  journeys.sweep(1001 + LATE_AFTER, unseen);
  journeys.begin(edit({ startedAt: 13_000 }), true);
  journeys.sightings = [];
  const later = journeys.all[0];
  later.state = "same";
  assert.equal(journeys.sweep(14_000, unseen).length, 0);
  assert.equal(first.state, "replaced");
});

test("latencies are those of one direction, newest first", () => {
  const journeys = new Journeys();
  journeys.begin(edit(), true);
  journeys.sight(sighting());
  journeys.begin(edit({ startedAt: 2000 }), true);
  journeys.sight(sighting({ at: 2010 }));
  assert.deepEqual(journeys.latencies("sheet"), [10, 84]);
  assert.deepEqual(journeys.latencies("database"), []);
});
