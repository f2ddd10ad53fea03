/** A spreadsheet just big enough for the script: it reads cells and tags rows, the test writes. */
const COLUMN = /^([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?$/;

const columnNumber = (name) => [...name].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

/** CellData of a plain value; pass a {formula|date|error, …} object for the rest. */
function cellData(value) {
  if (value === null || value === undefined || value === '') {
    return {};
  }
  if (typeof value === 'object' && 'serial' in value) {
    return {
      userEnteredValue: { numberValue: value.serial },
      effectiveValue: { numberValue: value.serial },
      formattedValue: value.shown ?? 'a date',
      effectiveFormat: { numberFormat: { type: 'DATE', pattern: 'yyyy-mm-dd' } },
    };
  }
  if (typeof value === 'object' && 'error' in value) {
    return { effectiveValue: { errorValue: { type: 'REF' } }, formattedValue: value.error };
  }
  if (typeof value === 'object' && 'formula' in value) {
    return { ...cellData(value.result), userEnteredValue: { formulaValue: value.formula } };
  }
  const kind = { number: 'numberValue', boolean: 'boolValue', string: 'stringValue' }[typeof value];
  const shown = typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
  return { userEnteredValue: { [kind]: value }, effectiveValue: { [kind]: value }, formattedValue: shown };
}

export class FakeSheet {
  timeZone = 'Etc/GMT';
  tabs = [];
  /** Developer metadata, as the API tells it. */
  metadata = [];
  /** Called once before the next entry is attached; may throw, as Google does when there is no room. */
  beforeTag = null;

  /** @param {{title: string, rows: unknown[][]}[]} tabs */
  constructor(tabs) {
    this.tabs = tabs.map((tab, i) => ({ sheetId: 100 + i, index: i, columns: 26, ...tab }));
  }

  tab(title) {
    return this.tabs.find((tab) => tab.title === title);
  }

  set(title, row, column, value) {
    const { rows } = this.tab(title);
    rows[row - 1] ??= [];
    rows[row - 1][column - 1] = value;
  }

  /** The tag of a row (from 1), or undefined. */
  tagOf(title, row) {
    const { sheetId } = this.tab(title);
    const here = ({ location: { dimensionRange: at } }) => at.sheetId === sheetId && at.startIndex === row - 1;
    return this.metadata.find(here)?.metadataValue;
  }

  /** One call of the host's. */
  answer(call) {
    switch (call.method) {
      case 'metadata_search':
        return {
          matchedDeveloperMetadata: this.metadata
            .filter((entry) => Object.entries(call.lookup).every(([name, wanted]) => entry[name] === wanted))
            .map((developerMetadata) => ({ developerMetadata })),
        };
      case 'batch_update':
        return call.requests.map((request) => this.#update(request));
      default:
        return this.#read(call);
    }
  }

  #update({ createDeveloperMetadata: added, deleteDeveloperMetadata: gone }) {
    if (added) {
      const before = this.beforeTag;
      this.beforeTag = null;
      before?.();
      const { location, ...entry } = added.developerMetadata;
      this.metadata.push({ metadataId: this.metadata.length + 1, ...entry, location: { locationType: 'ROW', ...location } });
    } else {
      const { metadataId } = gone.dataFilter.developerMetadataLookup;
      this.metadata = this.metadata.filter((entry) => entry.metadataId !== metadataId);
    }
    return {};
  }

  #read({ ranges }) {
    if (ranges.length === 0) {
      return {
        properties: { title: 'a spreadsheet', timeZone: this.timeZone, locale: 'en_US' },
        sheets: this.tabs.map(({ sheetId, title, index, columns }) => ({
          properties: { sheetId, title, index, gridProperties: { rowCount: 2000, columnCount: columns } },
        })),
      };
    }
    const at = ranges[0].lastIndexOf('!');
    const tab = this.tab(ranges[0].slice(1, at - 1));
    const [, left, top, right = left, bottom = top] = COLUMN.exec(ranges[0].slice(at + 1));
    const rowData = tab.rows.slice(Number(top) - 1, Number(bottom)).map((row) => ({
      values: Array.from(row ?? [], cellData).slice(columnNumber(left) - 1, columnNumber(right)),
    }));
    return { sheets: [{ data: [{ rowData }] }] };
  }
}
