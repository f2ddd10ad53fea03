/** Instants and the wall clocks of time zones. */
const DAY_MS = 86400000;
const formats = new Map();

function formatFor(zone) {
  if (!formats.has(zone)) {
    const numeric = 'numeric';
    formats.set(
      zone,
      new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        calendar: 'gregory',
        hourCycle: 'h23',
        era: 'short',
        year: numeric,
        month: numeric,
        day: numeric,
        hour: numeric,
        minute: numeric,
        second: numeric,
      }),
    );
  }
  return formats.get(zone);
}

/**
 * @param {number} instant ms since 1970 UTC
 * @param {string} zone IANA name
 * @returns {number} the wall clock there, as ms since 1970 as if it were UTC
 */
function wallOf(instant, zone) {
  const parts = {};
  for (const { type, value } of formatFor(zone).formatToParts(instant)) {
    parts[type] = value;
  }
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year);
  const date = new Date(0);
  date.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
  date.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
  return date.getTime() + (((instant % 1000) + 1000) % 1000);
}

/**
 * @param {number} wall ms since 1970 as if UTC
 * @param {string} zone
 * @returns {number} the instant; of a wall clock shown twice the first, of one skipped the one that
 *   the old offset gives, which shows the hour after the gap
 */
function instantOf(wall, zone) {
  const offsetAt = (instant) => wallOf(instant, zone) - instant;
  const before = wall - offsetAt(wall - DAY_MS);
  const after = wall - offsetAt(wall + DAY_MS);
  return wallOf(before, zone) !== wall && wallOf(after, zone) === wall ? after : before;
}

module.exports = { wallOf, instantOf };
