/**
 * Developer metadata.
 * https://developers.google.com/apps-script/reference/spreadsheet/developer-metadata
 */
const Visibility = { DOCUMENT: 'DOCUMENT', PROJECT: 'PROJECT' };
const LocationType = { SPREADSHEET: 'SPREADSHEET', SHEET: 'SHEET', ROW: 'ROW', COLUMN: 'COLUMN' };

class Location {
  #sheet;
  #location;

  constructor(sheet, location) {
    this.#sheet = sheet;
    this.#location = location;
  }

  getLocationType() {
    return this.#location.locationType;
  }

  getSheet() {
    return this.#sheet;
  }

  /** The whole row that it is attached to; null where it is no row. */
  getRow() {
    if (this.getLocationType() !== LocationType.ROW) {
      return null;
    }
    const row = (this.#location.dimensionRange.startIndex ?? 0) + 1;
    return this.#sheet.getRange(row, 1, 1, this.#sheet.getMaxColumns());
  }
}

class DeveloperMetadata {
  #document;
  #sheet;
  #entry;

  constructor(document, sheet, entry) {
    this.#document = document;
    this.#sheet = sheet;
    this.#entry = entry;
  }

  getId() {
    return this.#entry.metadataId;
  }

  getKey() {
    return this.#entry.metadataKey;
  }

  getValue() {
    return this.#entry.metadataValue ?? null;
  }

  getVisibility() {
    return this.#entry.visibility;
  }

  getLocation() {
    return new Location(this.#sheet, this.#entry.location);
  }

  remove() {
    const dataFilter = { developerMetadataLookup: { metadataId: this.getId() } };
    this.#document.batchUpdate([{ deleteDeveloperMetadata: { dataFilter } }]);
  }
}

/** Finds the metadata of a tab, its rows and its columns. */
class Finder {
  #document;
  #sheet;
  #lookup = {};

  constructor(document, sheet) {
    this.#document = document;
    this.#sheet = sheet;
  }

  withKey(metadataKey) {
    return this.#with({ metadataKey });
  }

  withValue(metadataValue) {
    return this.#with({ metadataValue });
  }

  withId(metadataId) {
    return this.#with({ metadataId });
  }

  withVisibility(visibility) {
    return this.#with({ visibility });
  }

  withLocationType(locationType) {
    return this.#with({ locationType });
  }

  find() {
    const sheetId = this.#sheet.getSheetId();
    return this.#document
      .searchMetadata(this.#lookup)
      .filter(({ location }) => (location.sheetId ?? location.dimensionRange?.sheetId ?? 0) === sheetId && !location.spreadsheet)
      .map((entry) => new DeveloperMetadata(this.#document, this.#sheet, entry));
  }

  #with(part) {
    Object.assign(this.#lookup, part);
    return this;
  }
}

/** Attaches metadata to a row; Google knows it on whole rows and columns only. */
function addToRow(document, sheet, row, [key, value, visibility]) {
  const dimensionRange = { sheetId: sheet.getSheetId(), dimension: 'ROWS', startIndex: row - 1, endIndex: row };
  const developerMetadata = {
    metadataKey: key,
    visibility: visibility ?? Visibility.DOCUMENT,
    location: { dimensionRange },
    ...(value === undefined ? {} : { metadataValue: value }),
  };
  document.batchUpdate([{ createDeveloperMetadata: { developerMetadata } }]);
}

module.exports = { addToRow, Finder, LocationType, Visibility };
