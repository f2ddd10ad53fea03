/** How the services are: a lamp for each, and a banner that says what is wrong and what it means. */

import { element, refill } from "./dom.js";

/**
 * @typedef {"good" | "busy" | "bad" | "unknown"} Mood
 * @typedef {{name: string, mood: Mood, word: string, problem?: string | null}} ServiceView
 */

export class ServiceBar {
  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} banner
   */
  constructor(list, banner) {
    this.list = list;
    this.banner = banner;
    /** @type {Map<string, ServiceView>} */
    this.services = new Map();
  }

  /** @param {ServiceView} service */
  set(service) {
    const known = this.services.get(service.name);
    if (known && known.mood === service.mood && known.word === service.word && known.problem === service.problem) return;
    this.services.set(service.name, service);
    this.#draw();
  }

  #draw() {
    const all = [...this.services.values()];
    refill(
      this.list,
      ...all.map(({ name, mood, word, problem }) =>
        element(
          "li",
          { class: `service ${mood}`, title: problem ?? `${name}: ${word}` },
          element("span", { class: "lamp", "aria-hidden": "true" }),
          element("span", { class: "service-name" }, name),
          element("span", { class: "service-word" }, word),
        ),
      ),
    );
    const problem = all.find((service) => service.mood === "bad" && service.problem)?.problem;
    this.banner.hidden = !problem;
    this.banner.textContent = problem ?? "";
  }
}
