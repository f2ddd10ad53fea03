/** The page's beginning: finds the spreadsheet and the feed, and joins both sides. */

/** @import { PageConfig } from "./emulator.js" */
import { setCover } from "./cover.js";
import { DatabaseSide } from "./database_side.js";
import { Desk } from "./desk.js";
import { byId } from "./dom.js";
import { EmulatedSpreadsheet, pageConfig } from "./emulator.js";
import { Feed } from "./feed.js";
import { MappingView } from "./mapping_view.js";
import { SheetSide } from "./sheet_side.js";

const AGAIN = 2000;

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Wait for a spreadsheet, saying what is missing meanwhile.
 * @returns {Promise<PageConfig & {spreadsheet_id: string}>}
 */
async function findSpreadsheet() {
  const cover = byId("sheet-cover");
  setCover(cover, { kind: "loading", title: "Looking for the sheet" });
  for (;;) {
    try {
      const config = await pageConfig();
      const { spreadsheet_id } = config;
      if (spreadsheet_id) return { ...config, spreadsheet_id };
      setCover(cover, { kind: "empty", title: "There is no spreadsheet yet", text: "The page shows it as soon as the stack has made one:", code: "make demo" });
    } catch {
      setCover(cover, { kind: "problem", title: "The emulator does not answer", text: "It may still be starting; the page tries again every two seconds." });
    }
    await pause(AGAIN);
  }
}

async function begin() {
  const config = await findSpreadsheet();
  const spreadsheet = new EmulatedSpreadsheet(config.spreadsheet_id);
  const mappings = config.mappings
    .filter(({ spreadsheet_id }) => spreadsheet_id === config.spreadsheet_id)
    .map((mapping) => new MappingView(mapping));
  const { title, tabs } = await spreadsheet.describe();
  if (title) document.title = `${title} · Sheetbridge`;

  const desk = new Desk(({ key }) => sheet.link(key));
  const sheet = new SheetSide(spreadsheet, desk, {
    openTab,
    selectedKey: (key) => database.pane.link(key),
  });
  const feed = config.live_url ? new Feed(config.live_url) : null;
  const database = new DatabaseSide(feed, desk, mappings, (key) => sheet.link(key));

  /** @param {string} tab */
  async function openTab(tab) {
    const mapping = mappings.find((one) => one.tab === tab) ?? null;
    const mapped = new Set(mappings.map((one) => one.tab));
    const sheetShown = sheet.open(tab, mapping, tabs, mapped);
    await Promise.all([sheetShown, database.open(mapping)]);
    sheet.pane.hand.select(sheet.pane.hand.selection.anchor);
  }

  const visible = tabs.filter(({ hidden }) => !hidden).map((tab) => tab.title);
  const first = mappings.find(({ tab }) => visible.includes(tab))?.tab ?? visible[0];
  await openTab(first);
  sheet.follow();
  database.follow();
}

void begin();
