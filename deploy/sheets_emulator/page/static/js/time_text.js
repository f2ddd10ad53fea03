/** Times and durations as short text. */

/**
 * A duration for people: `84 ms`, `1.2 s`, `3 min`.
 * @param {number} milliseconds
 * @returns {string}
 */
export function durationText(milliseconds) {
  const whole = Math.max(0, Math.round(milliseconds));
  if (whole < 1000) return `${whole}\u00a0ms`;
  if (whole < 60_000) return `${(whole / 1000).toFixed(whole < 10_000 ? 1 : 0)}\u00a0s`;
  return `${Math.round(whole / 60_000)}\u00a0min`;
}

/**
 * The time of day with milliseconds, in the viewer's zone.
 * @param {number} milliseconds since the epoch
 * @returns {string}
 */
export function clockText(milliseconds) {
  const moment = new Date(milliseconds);
  const part = (/** @type {number} */ value, size = 2) => String(value).padStart(size, "0");
  return (
    `${part(moment.getHours())}:${part(moment.getMinutes())}:${part(moment.getSeconds())}` +
    `.${part(moment.getMilliseconds(), 3)}`
  );
}

/**
 * Milliseconds since the epoch, with fractions, on a clock that does not jump.
 * @returns {number}
 */
export function now() {
  return performance.timeOrigin + performance.now();
}

/**
 * The middle value.
 * @param {number[]} values
 * @returns {number | null} null of none
 */
export function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
