/** The database's side at work: the live table, and the change events of both topics. */

/** @import { Desk } from "./desk.js" */
/** @import { Change, Changes, Feed, FeedStatus, LiveRow } from "./feed.js" */
/** @import { Journey, State } from "./journeys.js" */
/** @import { Catalogue } from "./catalogue.js" */
/** @import { PageMapping } from "./emulator.js" */
/** @import { MappingView } from "./mapping_view.js" */
/** @import { Update } from "./table_model.js" */
import { flashColour } from "./colours.js";
import { setCover } from "./cover.js";
import { DatabasePane } from "./database_pane.js";
import { byId } from "./dom.js";
import { Elsewhere } from "./elsewhere.js";
import { pageMappings } from "./feed.js";
import { TableModel } from "./table_model.js";
import { alike } from "./values_alike.js";
import { now } from "./time_text.js";

const AGAIN = 3000;

export class DatabaseSide {
  /**
   * @param {Feed | null} feed null where the emulator runs alone
   * @param {Desk} desk
   * @param {Catalogue} catalogue
   * @param {(key: string) => void} selectedKey
   */
  constructor(feed, desk, catalogue, selectedKey) {
    this.feed = feed;
    this.desk = desk;
    this.catalogue = catalogue;
    /** @type {MappingView | null} the mapping whose table is on view */
    this.mapping = null;
    this.cover = byId("database-cover");
    this.pane = new DatabasePane(selectedKey);
    this.elsewhere = new Elsewhere(byId("database-elsewhere"), this.pane.grid);
    this.isKafkaUp = true;
    this.isReading = false;
    setInterval(() => {
      if (!this.isKafkaUp || !this.pane.model) void this.#read();
    }, AGAIN);
  }

  /** @param {MappingView | null} mapping */
  async open(mapping) {
    this.mapping = mapping;
    this.pane.show(null, mapping?.table ?? "");
    if (!this.feed) {
      return setCover(this.cover, {
        kind: "empty",
        title: "The emulator runs alone",
        text: "To see a table kept in step with this sheet, start the whole stack:",
        code: "make demo",
      });
    }
    if (!mapping) {
      return setCover(this.cover, {
        kind: "empty",
        title: "This tab is not mapped to a table",
        text: "What you edit here stays here. To keep it in step with a table:",
        code: ".venv/bin/sheetbridge mapping add",
      });
    }
    setCover(this.cover, { kind: "loading", title: `Reading ${mapping.table}` });
    await this.#read();
  }

  /**
   * Follow change events from now on.
   * @param {(mappings: PageMapping[]) => void} mapped the mappings, whenever they may be others
   */
  follow(mapped) {
    let open = true;
    this.feed?.follow({
      status: (status) => this.#status(status),
      mappings: (told) => mapped(pageMappings(told)),
      changes: (changes) => this.#changes(changes),
      reload: () => void this.#read(),
      turned: (isOpen) => {
        if (isOpen && !open) {
          void this.#read();
          void this.feed?.mappings().then(mapped, () => undefined);
        }
        open = isOpen;
        if (isOpen) return;
        const problem = "The live feed does not answer, so the database cannot be shown here. Syncing goes on without it.";
        this.desk.services.set({ name: "Kafka", mood: "unknown", word: "not known" });
        this.desk.services.set({ name: "MySQL", mood: "bad", word: "not shown", problem });
      },
    });
  }

  /**
   * Whether the table shows what a sheet edit says.
   * @param {Journey} journey
   * @returns {State | null}
   */
  holds({ mapping, key, what, cells }) {
    const { model } = this.pane;
    if (!model || mapping !== this.mapping?.name) return null;
    const row = model.rows[model.places.get(key) ?? -1];
    if (what === "delete") return row ? null : "same";
    const isSame = cells.every(({ column, new: value }) =>
      alike(row?.[model.columns.findIndex(({ name }) => name === column)], value),
    );
    return row && isSame ? "same" : null;
  }

  /** @param {FeedStatus} status */
  #status({ kafka, mysql, mappings }) {
    this.isKafkaUp = kafka.up !== false;
    const word = (/** @type {boolean | null} */ up) => (up === null ? "connecting" : up ? "connected" : "away");
    const mood = (/** @type {boolean | null} */ up) => (up === null ? "unknown" : up ? "good" : "bad");
    this.desk.services.set({
      name: "Kafka",
      mood: mood(kafka.up),
      word: word(kafka.up),
      problem: kafka.problem && `${kafka.problem}. Edits wait where they were made and arrive once it is back.`,
    });
    this.desk.services.set({
      name: "MySQL",
      mood: mood(mysql.up),
      word: word(mysql.up),
      problem: mysql.problem && `${mysql.problem}. Sheet edits wait in Kafka until it is back.`,
    });
    const trouble = this.mapping && mappings[this.mapping.name];
    if (trouble) this.#unreadable(trouble);
  }

  /**
   * Show why the table on view cannot be read; what was read before is not the table any more.
   * @param {string} problem
   */
  #unreadable(problem) {
    const table = this.mapping?.table ?? "";
    this.pane.show(null, table);
    setCover(this.cover, { kind: "problem", title: `${table} cannot be read`, text: `${sentence(problem)} Trying again every three seconds.` });
  }

  /** Read the table, as a whole. */
  async #read() {
    const { mapping, feed } = this;
    if (!mapping || !feed || this.isReading) return;
    this.isReading = true;
    try {
      const page = await feed.table(mapping.name);
      if (mapping !== this.mapping) return;
      const update = this.pane.model?.applyPage(page);
      if (update) {
        this.#updated(mapping, update);
      } else {
        this.pane.show(new TableModel(page), page.table);
      }
      setCover(
        this.cover,
        page.total ? null : { kind: "empty", title: "The table is empty", text: "Rows that you type into the sheet appear here." },
      );
    } catch (error) {
      if (mapping === this.mapping && !this.pane.model) {
        this.#unreadable(error instanceof Error ? error.message : String(error));
      }
    } finally {
      this.isReading = false;
    }
  }

  /** @param {Changes} message */
  #changes({ changes, rows }) {
    this.desk.events.add(changes);
    this.desk.views.stir("events");
    const { mapping } = this;
    const live = mapping ? rows[mapping.name] : undefined;
    if (mapping && live) this.#apply(mapping, live);
    else if (live === null) void this.#read();
    for (const change of changes) this.#travel(change);
  }

  /**
   * @param {MappingView} mapping
   * @param {LiveRow[]} live
   */
  #apply(mapping, live) {
    const update = this.pane.model?.apply(live);
    if (update) this.#updated(mapping, update);
    if (this.pane.model?.rows.length) setCover(this.cover, null);
  }

  /**
   * @param {MappingView} mapping
   * @param {Update} update
   */
  #updated(mapping, update) {
    if (!update.sighted.size) return;
    this.pane.refresh();
    const at = now();
    const ended = [...update.sighted].flatMap(([key, columns]) =>
      this.desk.sight({ side: "database", mapping: mapping.name, key, columns, at }),
    );
    this.pane.grid.flash(update.cells, flashColour(ended.length ? "sheet" : "database"));
    this.elsewhere.tell(update.cells.map(({ row }) => row));
    this.desk.views.stir("database");
  }

  /**
   * What an event says of journeys: a sheet edit or an application's change begins one, a write of
   * Sheetbridge's own ends one.
   * @param {Change} change
   */
  #travel(change) {
    const mapping = this.catalogue.mappings.find(({ name }) => name === change.mapping);
    if (!mapping || change.op === "hint" || change.op === "r" || change.op === "t") return;
    const key = mapping.keyOf(change.key);
    const shared = { mapping: mapping.name, key, startedAt: change.at };
    if (change.origin === "sheet") {
      const cells = change.changed.filter(
        (cell) => mapping.column(cell.column) && ("old" in cell || cell.new !== null),
      );
      this.desk.begin({ ...shared, origin: "sheet", what: "write", cells });
      return;
    }
    const isWhole = change.op !== "u";
    const columns = isWhole ? [] : change.changed.map(({ column }) => column);
    const ended =
      change.own === false
        ? []
        : this.desk.sight({ side: "database", mapping: mapping.name, key, columns, at: now() });
    if (change.own || ended.length || mapping !== this.mapping) return;
    if (change.op === "u" && !change.changed.some(({ column }) => mapping.column(column))) return;
    const what = change.op === "d" ? "delete" : "write";
    this.desk.begin({ ...shared, origin: "database", what, cells: change.changed });
  }
}

/**
 * @param {string} text
 * @returns {string} the text with a full stop, unless it ends by itself
 */
function sentence(text) {
  return /[.!?;]$/.test(text) ? text : `${text}.`;
}
