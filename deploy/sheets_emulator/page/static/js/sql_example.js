/** An UPDATE that a person can copy to see a database change arrive in the sheet. Pure. */

/** @import { Shown } from "./feed.js" */
/** @import { TableModel } from "./table_model.js" */

const WHOLE = new Set(["tinyint", "smallint", "mediumint", "int", "bigint", "year"]);

/**
 * @param {Pick<TableModel, "page" | "rows" | "columns" | "keyColumns">} model
 * @param {number} row
 * @param {number} column the column that is looked at; a number is preferred
 * @returns {string | null} null where there is no such row
 */
export function exampleStatement(model, row, column) {
  const cells = model.rows[row];
  if (!cells || model.keyColumns.includes(-1)) return null;
  const changed = chosenColumn(model, column);
  if (changed === null) return null;
  const { name, type } = model.columns[changed];
  const value = WHOLE.has(type) ? String(Number(cells[changed] ?? 0) + 1) : literal("hello");
  const where = model.keyColumns
    .map((key) => `${quoted(model.columns[key].name)} = ${literal(cells[key])}`)
    .join(" AND ");
  const table = model.page.table.split(".").map(quoted).join(".");
  return `UPDATE ${table} SET ${quoted(name)} = ${value} WHERE ${where};`;
}

/**
 * @param {Pick<TableModel, "columns" | "keyColumns">} model
 * @param {number} wanted
 * @returns {number | null}
 */
function chosenColumn(model, wanted) {
  const open = model.columns.map((_, column) => column).filter((column) => !model.keyColumns.includes(column));
  const whole = open.filter((column) => WHOLE.has(model.columns[column].type));
  const texts = open.filter((column) => /char|text/.test(model.columns[column].type));
  if (whole.includes(wanted) || texts.includes(wanted)) return wanted;
  return whole[0] ?? texts[0] ?? null;
}

/**
 * @param {Shown} value
 * @returns {string}
 */
function literal(value) {
  if (typeof value === "number") return String(value);
  return `'${String(value).replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/**
 * @param {string} name
 * @returns {string} in back quotes only where they are needed
 */
function quoted(name) {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}
