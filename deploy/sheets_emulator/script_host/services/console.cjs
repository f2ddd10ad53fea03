/** console and Logger: lines go into the execution's record. */
const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value) ?? String(value));

function writer(bridge, level) {
  return (...parts) => void bridge.record.log.push(`${level}: ${parts.map(shown).join(' ')}`);
}

function makeConsole(bridge) {
  return {
    log: writer(bridge, 'INFO'),
    info: writer(bridge, 'INFO'),
    warn: writer(bridge, 'WARNING'),
    error: writer(bridge, 'ERROR'),
    time() {},
    timeEnd() {},
  };
}

function makeLogger(bridge) {
  return { log: writer(bridge, 'INFO'), clear() {}, getLog: () => bridge.record.log.join('\n') };
}

module.exports = { makeConsole, makeLogger };
