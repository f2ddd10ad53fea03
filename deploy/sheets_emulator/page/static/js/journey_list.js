/** The list of changes and how long each took to the other side. */

/** @import { Journey } from "./journeys.js" */
import { cellsPiece, keyText } from "./change_text.js";
import { element, refill } from "./dom.js";
import { clockText, durationText } from "./time_text.js";

const DRAWN = 80;
/** @type {Record<Journey["state"], string>} */
const WORDS = {
  underway: "on its way",
  arrived: "arrived",
  late: "not shown yet",
  same: "the same already",
  refused: "refused",
  replaced: "replaced",
};
/** @type {Partial<Record<Journey["state"], string>>} */
const MEANING = {
  same: "The other side held this value before, so there was nothing to write",
  refused: "The note at the cell says why",
  replaced: "A later change of the same cells went over it",
};

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
  return element("span", { class: "latency waiting", title: MEANING[journey.state] }, WORDS[journey.state]);
}
