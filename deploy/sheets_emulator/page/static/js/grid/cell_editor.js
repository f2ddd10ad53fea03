/** The field in which a cell is edited, laid over the cell. */

/** @import { Cell } from "./selection.js" */
import { element } from "../dom.js";

/**
 * @typedef {object} EditorCalls
 * @property {(cell: Cell, text: string) => void} commit
 * @property {(rows: number, columns: number) => void} leave where the selection goes afterwards
 * @property {(text: string) => void} typed for what mirrors the field
 */

export class CellEditor {
  /**
   * @param {HTMLElement} canvas
   * @param {EditorCalls} calls
   */
  constructor(canvas, calls) {
    this.canvas = canvas;
    this.calls = calls;
    /** @type {Cell | null} the cell that is being edited */
    this.cell = null;
    this.original = "";
    this.field = element("input", {
      class: "cell-editor",
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      enterkeyhint: "done",
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.calls.typed(this.field.value));
    this.field.addEventListener("blur", () => this.finish());
  }

  /**
   * Begin to edit.
   * @param {Cell} cell
   * @param {{left: number, top: number, width: number, height: number}} place
   * @param {string} content what the cell holds
   * @param {string | null} typed the first character, which replaces the content
   * @param {string} label for those who hear the page
   */
  open(cell, place, content, typed, label) {
    this.cell = { ...cell };
    this.original = content;
    const { style } = this.field;
    style.left = `${place.left}px`;
    style.top = `${place.top}px`;
    style.minWidth = `${place.width}px`;
    style.height = `${place.height}px`;
    this.field.value = typed ?? content;
    this.field.setAttribute("aria-label", label);
    this.canvas.append(this.field);
    this.field.focus({ preventScroll: true });
    const end = this.field.value.length;
    this.field.setSelectionRange(end, end);
    this.calls.typed(this.field.value);
  }

  /** Take what was typed. Content that was not changed is no edit. */
  finish() {
    const { cell } = this;
    if (!cell) return;
    this.cell = null;
    const { value } = this.field;
    this.field.remove();
    if (value !== this.original) this.calls.commit(cell, value);
  }

  /** Leave the cell as it was. */
  cancel() {
    if (!this.cell) return;
    this.cell = null;
    this.field.remove();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    const back = event.shiftKey ? -1 : 1;
    if (event.key === "Escape") this.cancel();
    else if (event.key === "Enter" || event.key === "Tab") this.finish();
    else return;
    event.preventDefault();
    this.calls.leave(event.key === "Enter" ? back : 0, event.key === "Tab" ? back : 0);
  }
}
