/**
 * A person at the page, led by a test: one command a line on standard input, one answer a line.
 *
 *   {"do": "read", "row": 2, "column": "year"}               → {"text": "2004"}
 *   {"do": "type", "row": 2, "column": "year", "text": "5"}  → {"latency": "84 ms"} when it arrived
 *   {"do": "await", "row": 2, "column": "year", "text": "7"} → {"latency": "61 ms" | null} when shown
 *   {"do": "paste", "row": 2, "column": "year", "text": "…"} → {}
 *
 * Rows count from 1 as people see them; columns are named by their header.
 */

import { createInterface } from "node:readline";

import { columnOf, openPage, typeInto } from "./page.mjs";

const { browser, page, errors } = await openPage(process.argv[2]);

/** How long the newest change from a side took, as the list says; waits until it is there. */
async function latency(/** @type {"sheet" | "database"} */ origin) {
  const item = page.locator(`#journeys li:has(.route .chip.${origin}:first-child)`).first();
  await item.locator(".latency:not(.waiting)").waitFor();
  return item.locator(".latency").textContent();
}

/** @type {Record<string, (at: {row: number, column: number}, command: any) => Promise<object>>} */
const ACTS = {
  async read({ row, column }) {
    return { text: await page.locator(`#sheet-${row}-${column}`).textContent() };
  },
  async type({ row, column }, { text }) {
    await typeInto(page, row, column, text);
    return { latency: await latency("sheet") };
  },
  async await({ row, column }, { text }) {
    await page.locator(`#sheet-${row}-${column}`, { hasText: new RegExp(`^${text}$`) }).waitFor();
    return { latency: await latency("database") };
  },
  async paste({ row, column }, { text }) {
    await page.locator(`#sheet-${row}-${column}`).click();
    await page.evaluate((pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", pasted);
      const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
      document.getElementById("sheet-grid")?.dispatchEvent(event);
    }, text);
    return {};
  },
};

/** @param {object} answer */
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    const at = { row: command.row - 1, column: await columnOf(page, command.column) };
    const answer = await ACTS[command.do](at, command);
    say(errors.length ? { error: errors.join("\n") } : answer);
  } catch (error) {
    say({ error: String(error) });
  }
}
await browser.close();
