/**
 * Takes pictures of the page at desktop and phone width, after an edit that has arrived:
 * `node screenshot.mjs URL FOLDER`. The edited cell gets its old content back.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { columnOf, openPage, typeInto } from "./page.mjs";

const [url, folder] = process.argv.slice(2);
if (!url || !folder) {
  process.stderr.write("Say which page and where to: node screenshot.mjs URL FOLDER\n");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

/** @param {import("playwright-core").Page} page */
async function editAndBack(page) {
  const column = await columnOf(page, "year").catch(() => 1);
  const cell = page.locator(`#sheet-2-${column}`);
  const held = (await cell.textContent()) ?? "";
  for (const [place, text] of [String(Number(held) + 1), held].entries()) {
    await typeInto(page, 2, column, text);
    await page.locator("#journeys li .latency:not(.waiting)").nth(place).waitFor({ state: "attached" });
  }
}

const desktop = await openPage(url, "desktop");
await desktop.page.screenshot({ path: join(folder, "desktop-first.png") });
await editAndBack(desktop.page);
await desktop.page.screenshot({ path: join(folder, "desktop-edited.png") });
await desktop.browser.close();

const phone = await openPage(url, "phone");
await editAndBack(phone.page);
for (const view of ["sheet", "database", "changes", "events"]) {
  await phone.page.locator(`.views [data-view=${view}]`).tap();
  await phone.page.screenshot({ path: join(folder, `phone-${view}.png`) });
}
await phone.browser.close();
