/** The raw stream: change events of both topics as they stand in Kafka. */

/** @import { Change } from "./feed.js" */
import { cellsPiece } from "./change_text.js";
import { element, refill } from "./dom.js";
import { sideChip } from "./journey_list.js";
import { clockText } from "./time_text.js";

const KEPT = 300;
const DRAWN = 100;
/** @type {Record<Change["op"], string>} */
const WORDS = {
  c: "create",
  u: "update",
  d: "delete",
  r: "snapshot",
  t: "truncate",
  edit: "edit",
  hint: "hint",
};

export class EventList {
  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} empty
   * @param {HTMLInputElement[]} filters check boxes whose value is `sheet`, `database` or `echo`
   */
  constructor(list, empty, filters) {
    this.list = list;
    this.empty = empty;
    this.filters = filters;
    /** @type {Change[]} newest first */
    this.all = [];
    this.frame = 0;
    for (const filter of filters) filter.addEventListener("change", () => this.draw());
  }

  /** @param {Change[]} changes oldest first */
  add(changes) {
    this.all.unshift(...[...changes].reverse());
    this.all.length = Math.min(this.all.length, KEPT);
    this.draw();
  }

  /** Draw what the filters let through, at most once a frame. */
  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      const wanted = new Set(this.filters.filter((box) => box.checked).map((box) => box.value));
      const seen = this.all.filter((change) => wanted.has(change.own ? "echo" : change.origin));
      this.empty.hidden = this.all.length > 0;
      this.list.hidden = this.all.length === 0;
      refill(this.list, ...seen.slice(0, DRAWN).map(item));
    });
  }
}

/**
 * @param {Change} change
 * @returns {HTMLElement}
 */
function item(change) {
  const details = [`${change.topic} at offset ${change.offset}`, change.gtid && `GTID ${change.gtid}`];
  return element(
    "li",
    { class: change.own ? "event echo" : "event", title: details.filter(Boolean).join("\n") },
    element("time", {}, clockText(change.at)),
    sideChip(change.origin),
    element("span", { class: `op ${change.op}` }, WORDS[change.op] ?? change.op),
    element(
      "span",
      { class: "what" },
      change.op === "hint"
        ? null
        : element("span", { class: "row-key" }, Object.values(change.key).join(" · ")),
      change.op === "hint"
        ? element("span", { class: "word" }, hintWord(change.note))
        : cellsPiece(change.changed),
    ),
    change.own
      ? element("span", { class: "tag", title: "Sheetbridge wrote this itself, so it goes no further" }, "echo")
      : null,
  );
}

/**
 * @param {string | undefined} note Apps Script's change type
 * @returns {string}
 */
function hintWord(note) {
  const told = note ? ` (${note.toLowerCase().replaceAll("_", " ")})` : "";
  return `rows came, went or moved${told}`;
}
