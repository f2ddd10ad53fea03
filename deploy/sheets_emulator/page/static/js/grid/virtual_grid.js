/** A grid that draws only the rows in view, so that its size costs nothing. */

/** @import { GridSource } from "./source.js" */
/** @import { Cell } from "./selection.js" */
import { element } from "../dom.js";
import { fittedWidths } from "./column_widths.js";
import { RowView } from "./row_view.js";
import { NOTHING } from "./source.js";

const OVERSCAN = 8;
const LABEL_WIDTH = 52;

export class VirtualGrid {
  /**
   * @param {HTMLElement} root scrolls and takes the focus
   * @param {{id: string, label: string}} options `id` begins the cells' ids
   */
  constructor(root, { id, label }) {
    this.root = root;
    this.id = id;
    this.source = NOTHING;
    /** @type {number[]} */
    this.widths = [];
    this.rowHeight = matchMedia("(pointer: coarse)").matches ? 36 : 28;
    /** @type {Map<number, RowView>} rows drawn now */
    this.drawn = new Map();
    /** @type {RowView[]} */
    this.spare = [];
    /** @type {RowView | null} */
    this.frozen = null;
    /** @type {(row: number, column: number) => string} */
    this.classesOf = () => "";
    this.head = element("div", { class: "grid-head", role: "row", "aria-rowindex": 1 });
    this.canvas = element("div", { class: "grid-canvas", role: "presentation" }, this.head);
    root.append(this.canvas);
    for (const [name, value] of Object.entries({ role: "grid", "aria-label": label })) {
      root.setAttribute(name, value);
    }
    root.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(root);
  }

  /**
   * Show another table: columns are fitted anew and the view goes back to the top.
   * @param {GridSource} source
   */
  show(source) {
    this.source = source;
    const { fontSize, fontFamily } = getComputedStyle(this.root);
    this.widths = fittedWidths(source, `600 ${fontSize} ${fontFamily}`);
    for (const view of [...this.drawn.values(), ...this.spare]) view.root.remove();
    this.drawn.clear();
    this.spare = [];
    this.frozen?.root.remove();
    this.frozen = source.frozenRows ? new RowView(this.id, source) : null;
    if (this.frozen) {
      this.frozen.root.classList.add("frozen");
      this.canvas.append(this.frozen.root);
    }
    this.#layOut();
    this.#labelColumns();
    this.root.scrollTo(0, 0);
    this.refresh();
  }

  #layOut() {
    const label = this.source.rowLabels ? LABEL_WIDTH : 0;
    const tracks = this.widths.map((width) => `${width}px`).join(" ");
    this.canvas.style.setProperty("--columns", label ? `${label}px ${tracks}` : tracks);
    this.canvas.style.setProperty("--row-height", `${this.rowHeight}px`);
    this.canvas.style.width = `${label + this.widths.reduce((sum, width) => sum + width, 0)}px`;
    this.root.setAttribute("aria-colcount", String(this.source.columnCount));
  }

  #labelColumns() {
    const labels = this.widths.map((_, column) => {
      const { text, detail, key } = this.source.columnLabel(column);
      return element(
        "div",
        { class: key ? "column-label key" : "column-label", role: "columnheader" },
        element("span", {}, text),
        detail ? element("small", {}, detail) : null,
      );
    });
    const corner = this.source.rowLabels ? [element("div", { class: "corner" })] : [];
    this.head.replaceChildren(...corner, ...labels);
  }

  /** Draw all again, after the source changed. */
  refresh() {
    const { rowCount, frozenRows } = this.source;
    this.canvas.style.height = `${this.headHeight + rowCount * this.rowHeight}px`;
    this.root.setAttribute("aria-rowcount", String(rowCount + 1));
    if (this.frozen && frozenRows) this.frozen.fill(0, this.classesOf);
    this.draw();
  }

  /** @returns {number} height of the column labels in pixels */
  get headHeight() {
    return this.head.offsetHeight || this.rowHeight;
  }

  /** Draw the rows in view. */
  draw() {
    const [first, last] = this.#inView();
    for (const [row, view] of this.drawn) {
      if (row < first || row > last) {
        this.drawn.delete(row);
        this.spare.push(view);
      }
    }
    const head = this.headHeight;
    for (let row = first; row <= last; row += 1) {
      const view = this.drawn.get(row) ?? this.#take(row);
      view.root.style.transform = `translateY(${head + row * this.rowHeight}px)`;
      view.fill(row, this.classesOf);
    }
    for (const view of this.spare) view.root.hidden = true;
    if (this.frozen && this.source.frozenRows) this.frozen.fill(0, this.classesOf);
  }

  /** @returns {[number, number]} first and last row to draw; the frozen one is drawn apart */
  #inView() {
    const top = Math.floor(this.root.scrollTop / this.rowHeight);
    const height = Math.ceil(this.root.clientHeight / this.rowHeight);
    return [
      Math.max(this.source.frozenRows, top - OVERSCAN),
      Math.min(this.source.rowCount - 1, top + height + OVERSCAN),
    ];
  }

  /**
   * @param {number} row
   * @returns {RowView}
   */
  #take(row) {
    let view = this.spare.pop();
    if (!view) {
      view = new RowView(this.id, this.source);
      this.canvas.append(view.root);
    }
    view.root.hidden = false;
    this.drawn.set(row, view);
    return view;
  }

  /**
   * @param {number} row
   * @returns {RowView | undefined} the row as drawn
   */
  view(row) {
    return this.frozen && row < this.source.frozenRows ? this.frozen : this.drawn.get(row);
  }

  /**
   * Let cells show that they have just changed.
   * @param {Cell[]} cells
   * @param {string} colour
   */
  flash(cells, colour) {
    for (const { row, column } of cells) this.view(row)?.flash(column, colour);
  }

  /**
   * Whether a row can be seen now: -1 it lies above, 1 below, 0 it is in view.
   * @param {number} row
   * @returns {-1 | 0 | 1}
   */
  side(row) {
    if (row < this.source.frozenRows) return 0;
    const offset = row * this.rowHeight - this.root.scrollTop;
    if (offset < this.source.frozenRows * this.rowHeight) return -1;
    return offset + this.rowHeight + this.headHeight > this.root.clientHeight ? 1 : 0;
  }

  /**
   * Scroll as little as needed to bring a cell into view, or a row to the middle.
   * @param {number} row
   * @param {{column?: number, centre?: boolean}} [options]
   */
  reveal(row, { column, centre = false } = {}) {
    const side = this.side(row);
    const height = this.root.clientHeight;
    const frozen = this.source.frozenRows * this.rowHeight;
    if (centre && side !== 0) {
      this.root.scrollTop = row * this.rowHeight - (height - this.headHeight) / 2;
    } else if (side < 0) {
      this.root.scrollTop = row * this.rowHeight - frozen;
    } else if (side > 0) {
      this.root.scrollTop = (row + 1) * this.rowHeight + this.headHeight - height;
    }
    if (column !== undefined) this.#revealColumn(column);
    this.draw();
  }

  /**
   * How far below the grid's top edge a row stands.
   * @param {number} row
   * @returns {number} pixels; outside of 0…height where the row is out of view
   */
  offset(row) {
    return this.headHeight + row * this.rowHeight - this.root.scrollTop;
  }

  /**
   * Scroll so that a row stands at that offset, as far as there are rows above it.
   * @param {number} row
   * @param {number} offset
   */
  align(row, offset) {
    this.root.scrollTop = this.headHeight + row * this.rowHeight - offset;
    this.draw();
  }

  /** @param {number} column */
  #revealColumn(column) {
    const label = this.source.rowLabels ? LABEL_WIDTH : 0;
    const left = this.widths.slice(0, column).reduce((sum, width) => sum + width, 0);
    const right = left + this.widths[column];
    const { scrollLeft, clientWidth } = this.root;
    if (left < scrollLeft) this.root.scrollLeft = left;
    else if (right + label > scrollLeft + clientWidth) {
      this.root.scrollLeft = right + label - clientWidth;
    }
  }

  /**
   * Where a cell stands on the canvas, for what is laid over it.
   * @param {Cell} cell
   * @returns {{left: number, top: number, width: number, height: number}}
   */
  place({ row, column }) {
    const label = this.source.rowLabels ? LABEL_WIDTH : 0;
    const before = this.widths.slice(0, column).reduce((sum, width) => sum + width, 0);
    const scrolled = row < this.source.frozenRows ? this.root.scrollTop : 0;
    return {
      left: label + before,
      top: this.headHeight + row * this.rowHeight + scrolled,
      width: this.widths[column] ?? 0,
      height: this.rowHeight,
    };
  }

  /**
   * The cell under a pointer; column -1 is the row's label.
   * @param {EventTarget | null} target
   * @returns {Cell | null}
   */
  cellAt(target) {
    if (!(target instanceof Element)) return null;
    const row = target.closest(".grid-row");
    if (!(row instanceof HTMLElement) || !this.canvas.contains(row)) return null;
    const cell = target.closest(".cell");
    const column = cell instanceof HTMLElement ? Number(cell.dataset.column) : -1;
    return { row: Number(row.dataset.row), column };
  }
}
