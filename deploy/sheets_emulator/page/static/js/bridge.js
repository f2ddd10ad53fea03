/** What stands between the panes: an arrow each way and how long the way takes. */

/** @import { Journeys, Side } from "./journeys.js" */
import { element, refill } from "./dom.js";
import { durationText, median } from "./time_text.js";

export class Bridge {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.shown = "";
  }

  /** @param {Journeys} journeys */
  draw(journeys) {
    const both = /** @type {Side[]} */ (["sheet", "database"]).map((origin) => {
      const latencies = journeys.latencies(origin);
      return { origin, last: latencies[0], middle: median(latencies), count: latencies.length };
    });
    const shown = JSON.stringify(both);
    if (shown === this.shown) return;
    this.shown = shown;
    refill(this.root, ...both.map(direction));
  }
}

/**
 * @param {{origin: Side, last: number | undefined, middle: number | null, count: number}} way
 * @returns {HTMLElement}
 */
function direction({ origin, last, middle, count }) {
  const toDatabase = origin === "sheet";
  return element(
    "div",
    { class: `way ${origin}` },
    element("span", { class: "way-name" }, toDatabase ? "to MySQL" : "to the sheet"),
    element("span", { class: "arrow", "aria-hidden": "true" }),
    element("strong", {}, last === undefined ? "–" : durationText(last)),
    element(
      "small",
      {},
      middle === null || count < 2 ? "last edit" : `median ${durationText(middle)} of ${count}`,
    ),
  );
}
