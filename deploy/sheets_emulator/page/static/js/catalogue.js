/** Which tabs the spreadsheet has and which of them are mapped; both change while the page is open. */

/** @import { PageMapping, Tab } from "./emulator.js" */
import { MappingView } from "./mapping_view.js";

export class Catalogue {
  /**
   * @param {string} spreadsheetId
   * @param {Tab[]} tabs
   * @param {PageMapping[]} mappings of this and of other spreadsheets
   */
  constructor(spreadsheetId, tabs, mappings) {
    this.spreadsheetId = spreadsheetId;
    this.tabs = tabs;
    this.told = "";
    /** @type {MappingView[]} */
    this.mappings = [];
    this.setMappings(mappings);
  }

  /** @returns {string[]} titles of the tabs that a person sees */
  get visible() {
    return this.tabs.filter(({ hidden }) => !hidden).map(({ title }) => title);
  }

  /** @returns {Set<string>} titles of mapped tabs */
  get mapped() {
    return new Set(this.mappings.map(({ tab }) => tab));
  }

  /** @returns {string | undefined} the tab to begin with */
  get first() {
    const { visible } = this;
    return this.mappings.find(({ tab }) => visible.includes(tab))?.tab ?? visible[0];
  }

  /**
   * @param {string} tab
   * @returns {MappingView | null}
   */
  mappingOf(tab) {
    return this.mappings.find((mapping) => mapping.tab === tab) ?? null;
  }

  /**
   * Mappings that stay as they are stay the same objects.
   * @param {PageMapping[]} mappings
   * @returns {boolean} whether that is news
   */
  setMappings(mappings) {
    const own = mappings.filter(({ spreadsheet_id }) => spreadsheet_id === this.spreadsheetId);
    const told = JSON.stringify(own);
    if (told === this.told) return false;
    this.told = told;
    const known = new Map(this.mappings.map((mapping) => [JSON.stringify(mapping.source), mapping]));
    this.mappings = own.map((one) => known.get(JSON.stringify(one)) ?? new MappingView(one));
    return true;
  }

  /**
   * @param {Tab[]} tabs
   * @returns {boolean} whether that is news
   */
  setTabs(tabs) {
    const isNews = JSON.stringify(tabs) !== JSON.stringify(this.tabs);
    this.tabs = tabs;
    return isNews;
  }

  /**
   * Whether a change there may be one of the tabs themselves.
   * @param {string | null} tab as a notice names it
   * @returns {boolean}
   */
  concerns(tab) {
    return tab === null || !this.tabs.some(({ title }) => title === tab);
  }
}
