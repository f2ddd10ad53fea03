/** What stands between the panes: an arrow each way and how long the way takes. */

/** @import { Journeys, Side } from "./journeys.js" */
import { element, refill } from "./dom.js";
import { durationText, median } from "./time_text.js";

export class Bridge {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.shown = "";
    /** @type {number[]} journeys counted each way */
    this.counts = [];
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
    both.forEach(({ last, count }, place) => {
      if (last !== undefined && count !== this.counts[place]) send(this.root.children[place]);
    });
    this.counts = both.map(({ count }) => count);
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
    element("span", { class: "arrow", "aria-hidden": "true" }, element("i")),
    element("strong", {}, last === undefined ? "–" : durationText(last)),
    element(
      "small",
      {},
      middle === null ? "no change yet" : count < 2 ? "last change" : `median ${durationText(middle)}`,
    ),
  );
}

/**
 * Let a dot travel along the arrow: something has just arrived.
 * @param {Element} way
 */
function send(way) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const dot = way.querySelector("i");
  const distance = dot?.parentElement?.clientWidth ?? 0;
  const [from, to] = way.classList.contains("sheet") ? [0, distance - 8] : [distance - 8, 0];
  dot?.animate(
    [
      { opacity: 1, transform: `translateX(${from}px)` },
      { opacity: 1, transform: `translateX(${to}px)`, offset: 0.8 },
      { opacity: 0, transform: `translateX(${to}px)` },
    ],
    { duration: 700, easing: "ease-in-out" },
  );
}
