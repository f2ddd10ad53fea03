/** The page as a person has it before them. */

import { openBrowser, SIZES } from "./browser.mjs";

const PATIENCE = 60_000;

/**
 * Open the page and wait until both sides show their rows.
 * @param {string} url
 * @param {keyof typeof SIZES} [size]
 */
export async function openPage(url, size = "desktop") {
  const browser = await openBrowser();
  const context = await browser.newContext(SIZES[size]);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url, { waitUntil: "domcontentloaded" });
  for (const side of ["sheet", "database"]) {
    await page.waitForSelector(`#${side}-cover`, { state: "hidden" });
  }
  await page.waitForFunction(() => document.querySelectorAll(".service.good").length >= 3);
  return { browser, page, errors };
}

/**
 * The place of a column by its header.
 * @param {import("playwright-core").Page} page
 * @param {string} header
 * @returns {Promise<number>} from 0
 */
export async function columnOf(page, header) {
  const headers = await page.locator(".sheet-grid .frozen .cell").allTextContents();
  const place = headers.indexOf(header);
  if (place < 0) throw new Error(`no column ${header} among ${headers.join(", ")}`);
  return place;
}

/**
 * Type into a cell as a person does: click, type, Enter.
 * @param {import("playwright-core").Page} page
 * @param {number} row from 0
 * @param {number} column from 0
 * @param {string} text
 */
export async function typeInto(page, row, column, text) {
  await page.locator(`#sheet-${row}-${column}`).click();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}
