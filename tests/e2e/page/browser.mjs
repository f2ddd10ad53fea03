/** A headless browser whose binary comes within an npm package, so that nothing is downloaded. */

import chromium from "@sparticuz/chromium";
import { chromium as driver } from "playwright-core";

/**
 * @returns {Promise<import("playwright-core").Browser>}
 */
export async function openBrowser() {
  return driver.launch({
    args: chromium.args.filter((flag) => flag !== "--single-process"),
    executablePath: await chromium.executablePath(),
    headless: true,
  });
}

/** Sizes at which the page is looked at. */
export const SIZES = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
  },
};
