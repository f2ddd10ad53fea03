/** On a narrow screen one view at a time; the others get a dot when something happens there. */

export class Views {
  /** @param {HTMLElement} bar */
  constructor(bar) {
    /** @type {(view: string) => void} */
    this.opened = () => {};
    this.buttons = [...bar.querySelectorAll("button")];
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.open(button.dataset.view ?? "sheet"));
    }
  }

  /** @param {string} view */
  open(view) {
    document.body.dataset.view = view;
    for (const button of this.buttons) {
      const open = button.dataset.view === view;
      button.setAttribute("aria-pressed", String(open));
      if (open) this.#dot(button, false);
    }
    this.opened(view);
  }

  /**
   * Something happened in a view.
   * @param {string} view
   */
  stir(view) {
    if (document.body.dataset.view === view) return;
    const button = this.buttons.find((one) => one.dataset.view === view);
    if (button) this.#dot(button, true);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {boolean} shown
   */
  #dot(button, shown) {
    const dot = button.querySelector("i");
    if (dot) dot.hidden = !shown;
  }
}
