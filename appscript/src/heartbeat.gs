/**
 * Tells the receiver that the triggers still run, and hears of changed mappings.
 */

const HEARTBEAT_EVERY_MS_ = 300000;
const HEARTBEAT_ = 'HEARTBEAT';

/**
 * @param {Store} store
 * @param {Installation} installation
 */
function heartbeatIfDue_(store, installation) {
  const now = Date.now();
  // The timer's minutes are not exact, so half a minute early counts as due.
  if (now - Number(store[HEARTBEAT_] || 0) < HEARTBEAT_EVERY_MS_ - 30000) {
    return;
  }
  if (ownTriggers_().length < TRIGGERS_) {
    return; // somebody has deleted one: the silence is shown, and set-up installs them anew
  }
  heartbeat_(store, installation);
}

/**
 * Sent at once and never kept: a late heartbeat would tell a lie.
 *
 * @param {Store} store
 * @param {Installation} installation
 */
function heartbeat_(store, installation) {
  const asked = refreshMappings_(store, installation);
  const now = Date.now();
  if (asked.mappings === null) {
    return;
  }
  const bodies = asked.mappings.map((mapping) => heartbeatPost_(originOf_(installation, mapping, now, undefined)).body);
  if (bodies.length === 0 || postBodies_(installation, bodies).fate === 'accepted') {
    store[HEARTBEAT_] = String(now);
    PropertiesService.getDocumentProperties().setProperty(HEARTBEAT_, store[HEARTBEAT_]);
  }
}
