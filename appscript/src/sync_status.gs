/**
 * How far each mapped tab is, as the webhook knows it from the sink: in step or not, since when,
 * what is held and what was refused.
 *
 * @typedef {{key: string, header: string | null, reason: string}} RefusedCell
 * @typedef {{what: string, count: number, origin: string, since_ms: number}} Held
 * @typedef {{at_ms: number, phase: string, reason: string | null, paused: boolean,
 *   last_change_ms: number | null, waiting: number, held: Held[],
 *   refused: {rows: number, examples: RefusedCell[]}}} SinkTold
 * @typedef {{name: string, tab: string, sink: SinkTold | null}} TabTold
 * @typedef {{error: string | null, mappings: TabTold[]}} SyncTold
 */

const SINK_SILENT_AFTER_MS_ = 180000; // it speaks at least once a minute

/**
 * @param {Installation} installation
 * @returns {SyncTold}
 */
function askSync_(installation) {
  const body = JSON.stringify({ version: 1, spreadsheet_id: installation.spreadsheetId });
  const answer = callWebhook_(installation, STATUS_PATH_, body);
  return answer.fate === 'accepted' && Array.isArray(answer.json.mappings)
    ? { error: null, mappings: answer.json.mappings }
    : { error: answer.message || 'an answer that is no status', mappings: [] };
}

/**
 * @param {SyncTold} sync
 * @returns {string[]}
 */
function syncLines_(sync) {
  if (sync.error !== null) {
    return ['The webhook does not tell how far the tabs are: ' + sync.error];
  }
  return sync.mappings.flatMap((mapping) => {
    const lines = mapping.sink ? sinkLines_(mapping.sink) : ['nothing is known of it yet (is the sink running?)'];
    return [mapping.tab + ': ' + lines[0]].concat(lines.slice(1).map((line) => '    ' + line));
  });
}

/**
 * @param {SinkTold} sink
 * @returns {string[]} the first one says how it stands
 */
function sinkLines_(sink) {
  const silent = Date.now() - sink.at_ms > SINK_SILENT_AFTER_MS_;
  const lines = [
    silent
      ? 'the sink has not been heard since ' + timeText_(sink.at_ms)
      : standing_(sink) + ' (' + timeText_(sink.at_ms) + ')',
  ];
  if (sink.last_change_ms !== null) {
    lines.push('last sync of a change: ' + timeText_(sink.last_change_ms));
  }
  for (const held of sink.held) {
    lines.push('held: ' + held.count + ' ' + held.what + ' from the ' + held.origin + ' since ' + timeText_(held.since_ms));
  }
  if (sink.refused.rows > 0) {
    lines.push('refused: cells of ' + sink.refused.rows + (sink.refused.rows === 1 ? ' row' : ' rows'));
  }
  for (const cell of sink.refused.examples) {
    lines.push(cell.key + ': ' + (cell.header ? cell.header + ' ' : '') + cell.reason);
  }
  return lines;
}

/**
 * @param {SinkTold} sink
 * @returns {string}
 */
function standing_(sink) {
  if (sink.reason !== null) {
    return 'stopped: ' + sink.reason;
  }
  if (sink.paused) {
    return 'paused';
  }
  if (sink.phase !== 'running') {
    return 'the first sync is not done';
  }
  return sink.waiting > 0 ? sink.waiting + ' rows are still to be written' : 'in step';
}

/**
 * @param {number} timeMs
 * @returns {string} in the spreadsheet's zone
 */
function timeText_(timeMs) {
  return Utilities.formatDate(new Date(timeMs), SpreadsheetApp.getActive().getSpreadsheetTimeZone(), 'yyyy-MM-dd HH:mm:ss');
}
