/** Whether a sheet's cell and a table's value say the same. Pure. */

/**
 * Numbers are alike by value (41.5 and 41.50), an empty cell is like NULL and like an empty text.
 * @param {unknown} left
 * @param {unknown} right
 * @returns {boolean}
 */
export function alike(left, right) {
  const [one, other] = [left ?? "", right ?? ""].map(String);
  if (one === other) return true;
  return one.trim() !== "" && other.trim() !== "" && Number(one) === Number(other);
}
