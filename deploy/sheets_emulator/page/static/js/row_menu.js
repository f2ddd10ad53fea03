/** The menu at a cell: what one can do with rows, by pointer or keyboard. */

import { element } from "./dom.js";

/**
 * @typedef {{label: string, run: () => void, danger?: boolean}} MenuItem
 */

export class RowMenu {
  /** @param {HTMLElement} home gets the focus back */
  constructor(home) {
    this.home = home;
    /** @type {HTMLElement | null} */
    this.shown = null;
    window.addEventListener("pointerdown", (event) => {
      if (this.shown && !this.shown.contains(/** @type {Node} */ (event.target))) this.close(false);
    });
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {MenuItem[]} items
   */
  open(x, y, items) {
    this.close(false);
    const buttons = items.map(({ label, run, danger }) => {
      const button = element(
        "button",
        { type: "button", role: "menuitem", class: danger ? "danger" : null },
        label,
      );
      button.addEventListener("click", () => {
        this.close(true);
        run();
      });
      return button;
    });
    const menu = element("div", { class: "row-menu", role: "menu" }, ...buttons);
    menu.addEventListener("keydown", (event) => this.#key(event, buttons));
    document.body.append(menu);
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
    this.shown = menu;
    buttons[0].focus();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLButtonElement[]} buttons
   */
  #key(event, buttons) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    if (event.key === "Escape" || event.key === "Tab") this.close(true);
    else if (step) {
      const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      buttons[(at + step + buttons.length) % buttons.length].focus();
    } else return;
    event.preventDefault();
  }

  /** @param {boolean} refocus */
  close(refocus) {
    this.shown?.remove();
    this.shown = null;
    if (refocus) this.home.focus({ preventScroll: true });
  }
}
