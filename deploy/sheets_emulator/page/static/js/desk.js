/** What both sides share: journeys, the lists that show them, lamps and messages. */

/** @import { Journey, Sighting, State } from "./journeys.js" */
import { Bridge } from "./bridge.js";
import { byId } from "./dom.js";
import { EventList } from "./event_list.js";
import { Journeys } from "./journeys.js";
import { JourneyList } from "./journey_list.js";
import { ServiceBar } from "./service_bar.js";
import { durationText, now } from "./time_text.js";
import { Views } from "./views.js";

export class Desk {
  /** @param {(journey: Journey) => void} openJourney */
  constructor(openJourney) {
    this.journeys = new Journeys();
    /** @type {(journey: Journey) => State | null} what both sides show of a journey */
    this.look = () => null;
    this.services = new ServiceBar(byId("services"), byId("banner"));
    this.views = new Views(/** @type {HTMLElement} */ (document.querySelector(".views")));
    this.bridge = new Bridge(byId("bridge"));
    this.list = new JourneyList(byId("journeys"), byId("journeys-empty"), openJourney);
    const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(".filters input"));
    this.events = new EventList(byId("events"), byId("events-empty"), [...boxes]);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.toastTimer = undefined;
    for (const name of ["Sheet", "Kafka", "MySQL"]) {
      this.services.set({ name, mood: "unknown", word: "connecting" });
    }
    this.draw();
    setInterval(() => this.draw(), 1000);
  }

  /**
   * @param {Parameters<Journeys["begin"]>[0]} change
   * @param {boolean} [local]
   */
  begin(change, local = false) {
    this.journeys.begin(change, local);
    this.views.stir("changes");
    this.draw();
  }

  /**
   * @param {Sighting} sighting
   * @returns {Journey[]} journeys that ended
   */
  sight(sighting) {
    const ended = this.journeys.sight(sighting);
    for (const { key, latency } of ended) {
      const where = sighting.side === "sheet" ? "the sheet" : "MySQL";
      byId("spoken").textContent = `${key} arrived in ${where} after ${durationText(latency ?? 0)}`;
    }
    if (ended.length) this.draw();
    return ended;
  }

  /** Draw journeys and what follows from them. */
  draw() {
    const late = this.journeys.sweep(now(), this.look);
    this.list.draw(this.journeys.all);
    this.bridge.draw(this.journeys);
    this.#lamp(late);
  }

  /** @param {Journey[]} late */
  #lamp(late) {
    const { all } = this.journeys;
    const underway = all.filter(({ state }) => state === "underway").length;
    const recent = late.filter(({ startedAt }) => now() - startedAt < 120_000);
    if (recent.length) {
      const changes = recent.length === 1 ? "A change has" : `${recent.length} changes have`;
      const longest = durationText(now() - Math.min(...recent.map(({ startedAt }) => startedAt)));
      this.services.set({
        name: "Sync",
        mood: "bad",
        word: `${recent.length} behind`,
        problem: `${changes} not arrived for ${longest}. The sink is behind, stopped, or holds it back; nothing is lost meanwhile.`,
      });
    } else if (underway) {
      this.services.set({ name: "Sync", mood: "busy", word: `${underway} on the way` });
    } else if (all.length) {
      this.services.set({ name: "Sync", mood: "good", word: "in step" });
    } else {
      this.services.set({ name: "Sync", mood: "unknown", word: "nothing to do" });
    }
  }

  /**
   * Say what went wrong with what a person just did.
   * @param {string} text
   */
  toast(text) {
    const toast = byId("toast");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (toast.hidden = true), 6000);
  }
}
