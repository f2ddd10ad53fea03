/** Colours that code needs, from the style sheet: the one of each side. */

/**
 * @param {"sheet" | "database"} side the side that made the change
 * @returns {string}
 */
export function flashColour(side) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${side}-flash`).trim();
}
