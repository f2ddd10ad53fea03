/**
 * Puts Google's services into a fresh global scope and starts one function in it.
 */
const { Bridge } = require('./bridge.cjs');
const { makeSpreadsheetApp } = require('./spreadsheet_app.cjs');
const { makeUrlFetchApp } = require('./url_fetch.cjs');
const { makePropertiesService, makeCacheService, makeLockService } = require('./stores.cjs');
const { makeUtilities } = require('./utilities.cjs');
const { makeScriptApp } = require('./script_app.cjs');
const { makeSession, User } = require('./session.cjs');
const { makeConsole, makeLogger } = require('./console.cjs');

/**
 * @param {object} scope the global object of the execution
 * @param {object} native functions of Node's, on texts
 * @param {string} json the execution
 * @returns {{start: () => string, record: () => string}} both give JSON
 */
function install(scope, native, json) {
  const execution = JSON.parse(json);
  const bridge = new Bridge(native, execution);
  const spreadsheets = makeSpreadsheetApp(bridge);
  Object.assign(scope, {
    SpreadsheetApp: spreadsheets.service,
    UrlFetchApp: makeUrlFetchApp(bridge),
    PropertiesService: makePropertiesService(bridge),
    CacheService: makeCacheService(bridge),
    LockService: makeLockService(bridge),
    Utilities: makeUtilities(bridge),
    ScriptApp: makeScriptApp(bridge),
    Session: makeSession(bridge),
    Logger: makeLogger(bridge),
    console: makeConsole(bridge),
  });
  return {
    start() {
      const wanted = scope[execution.function];
      if (typeof wanted !== 'function') {
        throw new Error(`Script function not found: ${execution.function}`);
      }
      const args = execution.event ? [eventOf(execution.event, spreadsheets)] : execution.args;
      return JSON.stringify(wanted(...args) ?? null);
    },
    record: () => JSON.stringify(bridge.record),
  };
}

/** The event object: ranges and users are objects, and what is missing is missing, not null. */
function eventOf(payload, spreadsheets) {
  const { range, activeSheetId, user, ...event } = payload;
  event.source = spreadsheets.open();
  if (activeSheetId !== undefined) {
    spreadsheets.activate(activeSheetId);
  }
  if (range) {
    event.range = spreadsheets.rangeOf(range);
  }
  if (user) {
    event.user = new User(user);
  }
  return event;
}

module.exports = { install };
