/** What lies over a grid while it has nothing to show: loading, empty, or what went wrong. */

import { element, refill } from "./dom.js";

/**
 * @typedef {{kind: "loading" | "empty" | "problem", title: string, text?: string, code?: string}} CoverText
 */

/**
 * @param {HTMLElement} cover
 * @param {CoverText | null} content null: the grid shows itself
 */
export function setCover(cover, content) {
  cover.hidden = content === null;
  if (!content) return;
  cover.className = `cover ${content.kind}`;
  refill(
    cover,
    content.kind === "loading"
      ? element(
          "div",
          { class: "bones", "aria-hidden": "true" },
          ...Array.from({ length: 9 }, () => element("i")),
        )
      : null,
    element(
      "div",
      { class: "cover-text" },
      element("b", {}, content.title),
      content.text ? element("p", {}, content.text) : null,
      content.code ? element("code", {}, content.code) : null,
    ),
  );
}
