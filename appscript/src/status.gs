/**
 * What a person or a test wants to know of this installation. The secret is not among it.
 */

const SILENT_AFTER_MS_ = 900000; // three heartbeats

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
 *   trouble: any, refused: any, overflow: any, warnings: string[], sync: SyncTold}}
 */
function status_(store) {
  const here = installationHere_(store);
  const recorded = recordedInstallation_(store);
  const told = told_(store);
  return {
    state: here ? 'running' : recorded ? 'copy' : 'not set up',
    webhook: recorded ? recorded.webhookUrl : null,
    installer: recorded ? recorded.installer : null,
    triggers: ownTriggers_().length,
    tabs: told ? told.mappings.map((mapping) => mapping.tab) : [],
    outbox: {
      posts: waitingPages_(store).reduce((sum, page) => sum + page.bodies.length, 0),
      bytes: outboxBytes_(store),
    },
    heartbeat: store[HEARTBEAT_] ? new Date(Number(store[HEARTBEAT_])).toISOString() : null,
    trouble: parsedOrNull_(store[TROUBLE_]),
    refused: parsedOrNull_(store[REFUSED_]),
    overflow: overflow_(store),
    warnings: warnings_(store),
    sync: here ? askSync_(here) : { error: null, mappings: [] },
  };
}

/**
 * What a person should look at, the worst first; none of it needs leave or the network, so that the
 * menu can show it.
 *
 * @param {Store} store
 * @returns {string[]}
 */
function warnings_(store) {
  const recorded = recordedInstallation_(store);
  const installation = installationHere_(store);
  if (!installation) {
    return recorded ? ['This is a copy: it is not connected'] : [];
  }
  /** @type {string[]} */
  const warnings = [];
  if (overflowNames_(store).length > 0) {
    warnings.push('The outbox is full: edits wait in the sheet alone');
  }
  if (store[TROUBLE_]) {
    warnings.push('The webhook does not take edits: they wait');
  }
  const lastSeen = Math.max(Number(store[HEARTBEAT_] || 0), installation.installedAt);
  if (!store[TROUBLE_] && Date.now() - lastSeen > SILENT_AFTER_MS_) {
    warnings.push('The triggers of ' + (installation.installer || 'the installer') + ' have stopped: choose Set up…');
  }
  return warnings;
}

/**
 * @param {ReturnType<typeof status_>} status
 * @returns {string}
 */
function statusText_(status) {
  const lines = status.warnings.map((warning) => '⚠ ' + warning + '.');
  lines.push(
    'State: ' + (status.state === 'copy' ? 'a copy, not connected (choose Set up…)' : status.state),
    'Webhook: ' + (status.webhook || 'none'),
    'Set up by: ' + (status.installer || 'nobody') + ' (your triggers: ' + status.triggers + ' of ' + TRIGGERS_ + ')',
    'Mapped tabs: ' + (status.tabs.join(', ') || 'none'),
    'Waiting to be sent: ' + status.outbox.posts + ' (' + Math.ceil(status.outbox.bytes / 1000) + ' of 400 kB)',
    'Last heartbeat: ' + (status.heartbeat ? timeText_(Date.parse(status.heartbeat)) : 'never'),
  );
  if (status.trouble) {
    lines.push('Last sending failed: ' + status.trouble.message);
  }
  if (status.overflow) {
    lines.push('FULL: ' + status.overflow.posts + ' posts were not kept; the tabs will be compared.');
  }
  if (status.refused) {
    lines.push('Refused by the webhook: ' + status.refused.count + ', last: ' + status.refused.message);
  }
  return lines.concat('', syncLines_(status.sync)).join('\n');
}
