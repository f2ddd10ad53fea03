/** The page's beginning: finds the spreadsheet and the feed, and joins both sides. */

/** @import { PageConfig, Tab } from "./emulator.js" */
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
 * @typedef {{config: PageConfig, spreadsheet: EmulatedSpreadsheet, title: string, tabs: Tab[]}} Found
 */

/**
 * Wait for a spreadsheet, saying what is missing meanwhile.
 * @returns {Promise<Found>}
 */
async function findSpreadsheet() {
  const cover = byId("sheet-cover");
  setCover(cover, { kind: "loading", title: "Looking for the sheet" });
  for (;;) {
    try {
      const config = await pageConfig();
      const { spreadsheet_id } = config;
      if (spreadsheet_id) {
        const spreadsheet = new EmulatedSpreadsheet(spreadsheet_id);
        return { config, spreadsheet, ...(await spreadsheet.describe()) };
      }
      setCover(cover, { kind: "empty", title: "There is no spreadsheet yet", text: "The page shows it as soon as the stack has made one:", code: "make demo" });
    } catch {
      setCover(cover, { kind: "problem", title: "The emulator does not answer", text: "It may still be starting; the page tries again every two seconds." });
    }
    await pause(AGAIN);
  }
}

async function begin() {
  const { config, spreadsheet, title, tabs } = await findSpreadsheet();
  const mappings = config.mappings
    .filter(({ spreadsheet_id }) => spreadsheet_id === spreadsheet.id)
    .map((mapping) => new MappingView(mapping));
  if (title) document.title = `${title} · Sheetbridge`;

  const desk = new Desk(({ key }) => {
    if (document.body.dataset.view !== "database") desk.views.open("sheet");
    sheet.show(key);
  });
  desk.look = (journey) => {
    if (sheet.refused(journey)) return "refused";
    return journey.origin === "sheet" ? database.holds(journey) : sheet.holds(journey);
  };
  desk.views.opened = () => sheet.link();
  const sheet = new SheetSide(spreadsheet, desk, {
    openTab,
    selectedKey: (key, offset) => database.pane.link(key, offset),
  });
  const feed = config.live_url ? new Feed(config.live_url) : null;
  const database = new DatabaseSide(feed, desk, mappings, (key) => sheet.show(key));

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
  sheet.follow();
  database.follow();
  await openTab(first);
}

void begin();
