/** The list of changes and how long each took to the other side. */

/** @import { Journey } from "./journeys.js" */
import { cellsPiece, keyText } from "./change_text.js";
import { element, refill } from "./dom.js";
import { clockText, durationText } from "./time_text.js";

const DRAWN = 80;

export class JourneyList {
  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} empty shown while nothing has changed yet
   * @param {(journey: Journey) => void} open
   */
  constructor(list, empty, open) {
    this.list = list;
    this.empty = empty;
    this.open = open;
    this.frame = 0;
  }

  /**
   * Draw the journeys, at most once a frame.
   * @param {Journey[]} journeys newest first
   */
  draw(journeys) {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.empty.hidden = journeys.length > 0;
      this.list.hidden = journeys.length === 0;
      refill(this.list, ...journeys.slice(0, DRAWN).map((journey) => this.#item(journey)));
    });
  }

  /**
   * @param {Journey} journey
   * @returns {HTMLElement}
   */
  #item(journey) {
    const fromSheet = journey.origin === "sheet";
    const button = element(
      "button",
      { type: "button", class: "journey", title: "Show this row in both tables" },
      element("time", {}, clockText(journey.startedAt)),
      element(
        "span",
        { class: "route" },
        sideChip(journey.origin),
        element("span", { class: "route-arrow", "aria-label": "to" }, "→"),
        sideChip(fromSheet ? "database" : "sheet"),
      ),
      element(
        "span",
        { class: "what" },
        element("span", { class: "row-key" }, keyText(journey.key)),
        journey.what === "delete"
          ? element("span", { class: "word" }, "row deleted")
          : cellsPiece(journey.cells),
      ),
      latencyPiece(journey),
    );
    button.addEventListener("click", () => this.open(journey));
    return element("li", { class: journey.state }, button);
  }
}

/**
 * @param {"sheet" | "database"} side
 * @returns {HTMLElement}
 */
export function sideChip(side) {
  return element("span", { class: `chip ${side}` }, side === "sheet" ? "Sheet" : "MySQL");
}

/**
 * @param {Journey} journey
 * @returns {HTMLElement}
 */
function latencyPiece(journey) {
  if (journey.latency !== null) {
    return element("span", { class: "latency" }, durationText(journey.latency));
  }
  return journey.state === "late"
    ? element("span", { class: "latency waiting" }, "not shown yet")
    : element("span", { class: "latency waiting" }, "on its way");
}
