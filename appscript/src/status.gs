/**
 * What a person or a test wants to know of this installation. The secret is not among it.
 */

/** @returns {object} the status; shown as well where somebody sits before a screen */
function sheetbridgeStatus() {
  const store = readStore_();
  const status = status_(store);
  const ui = ui_();
  if (ui) {
    ui.alert(TITLE_, statusText_(status), ui.ButtonSet.OK);
  }
  return status;
}

/**
 * @param {Store} store
 * @returns {{state: string, webhook: string | null, installer: string | null, triggers: number,
 *   tabs: string[], outbox: {posts: number, bytes: number}, heartbeat: string | null,
 *   trouble: any, refused: any, overflow: any}}
 */
function status_(store) {
  const here = installationHere_(store);
  const copied = store[SPREADSHEET_ID_] && !here;
  const names = outboxNames_(store);
  return {
    state: copied ? 'copy' : !here ? 'not set up' : store[PAUSED_] ? 'paused' : 'running',
    webhook: store[WEBHOOK_URL_] || null,
    installer: store[INSTALLER_] || null,
    triggers: ownTriggers_().length,
    tabs: (keptMappings_(store) || []).map((mapping) => mapping.tab),
    outbox: { posts: new Set(names.map((name) => name.split('/')[3])).size, bytes: outboxBytes_(store) },
    heartbeat: store[HEARTBEAT_] ? new Date(Number(store[HEARTBEAT_])).toISOString() : null,
    trouble: parsedOrNull_(store[TROUBLE_]),
    refused: parsedOrNull_(store[REFUSED_]),
    overflow: parsedOrNull_(store[OVERFLOW_]),
  };
}

/**
 * @param {ReturnType<typeof status_>} status
 * @returns {string}
 */
function statusText_(status) {
  const lines = [
    'State: ' + (status.state === 'copy' ? 'a copy, not connected (choose Set up…)' : status.state),
    'Webhook: ' + (status.webhook || 'none'),
    'Set up by: ' + (status.installer || 'nobody') + ' (your triggers: ' + status.triggers + ' of 3)',
    'Mapped tabs: ' + (status.tabs.join(', ') || 'none'),
    'Waiting to be sent: ' + status.outbox.posts + ' (' + Math.ceil(status.outbox.bytes / 1000) + ' of 400 kB)',
    'Last heartbeat: ' + (status.heartbeat || 'never'),
  ];
  if (status.trouble) {
    lines.push('Last sending failed: ' + status.trouble.message);
  }
  if (status.overflow) {
    lines.push('FULL: ' + status.overflow.posts + ' posts were not kept; the tabs will be compared.');
  }
  if (status.refused) {
    lines.push('Refused: ' + status.refused.count + ', last: ' + status.refused.message);
  }
  return lines.join('\n');
}
