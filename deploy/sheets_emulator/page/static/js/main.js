/** The page's beginning: finds the spreadsheet and the feed, and joins both sides. */

/** @import { PageConfig, Tab } from "./emulator.js" */
import { Catalogue } from "./catalogue.js";
import { setCover } from "./cover.js";
import { DatabaseSide } from "./database_side.js";
import { Desk } from "./desk.js";
import { byId } from "./dom.js";
import { EmulatedSpreadsheet, pageConfig } from "./emulator.js";
import { Feed } from "./feed.js";
import { SheetSide } from "./sheet_side.js";

const AGAIN = 2000;
const SETTLING = 300;

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
  const feed = config.live_url ? new Feed(config.live_url) : null;
  const mappings = await feed?.mappings().catch(() => null);
  const catalogue = new Catalogue(spreadsheet.id, tabs, mappings ?? config.mappings);
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
  const database = new DatabaseSide(feed, desk, catalogue, (key) => sheet.show(key));

  /** @param {string} tab */
  async function openTab(tab) {
    const mapping = catalogue.mappingOf(tab);
    const sheetShown = sheet.open(tab, mapping, catalogue.tabs, catalogue.mapped);
    await Promise.all([sheetShown, database.open(mapping)]);
    sheet.pane.hand.select(sheet.pane.hand.selection.anchor);
  }

  /** @param {import("./emulator.js").PageMapping[]} told */
  function takeMappings(told) {
    if (!catalogue.setMappings(told)) return;
    const { tab } = sheet.model;
    if (catalogue.mappingOf(tab) === database.mapping) sheet.pane.showTabs(catalogue.tabs, catalogue.mapped);
    else void openTab(tab);
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let looking;
  /** @param {string | null} changed */
  function lookAtTabs(changed) {
    if (!catalogue.concerns(changed)) return;
    clearTimeout(looking);
    looking = setTimeout(async () => {
      const found = await spreadsheet.describe().catch(() => null);
      if (found && catalogue.setTabs(found.tabs)) sheet.pane.showTabs(found.tabs, catalogue.mapped);
    }, SETTLING);
  }

  sheet.follow(lookAtTabs);
  database.follow(takeMappings);
  await openTab(catalogue.first ?? tabs[0].title);
}

void begin();
