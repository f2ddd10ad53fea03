/** ScriptApp's triggers. https://developers.google.com/apps-script/reference/script/script-app */
const EventType = { CLOCK: 'CLOCK', ON_OPEN: 'ON_OPEN', ON_EDIT: 'ON_EDIT', ON_CHANGE: 'ON_CHANGE' };
const EVENT_TYPES = {
  clock: EventType.CLOCK,
  open: EventType.ON_OPEN,
  edit: EventType.ON_EDIT,
  change: EventType.ON_CHANGE,
};
const MINUTES = [1, 5, 10, 15, 30];

class Trigger {
  #trigger;
  #source;

  constructor(trigger, source) {
    this.#trigger = trigger;
    this.#source = source;
  }

  getUniqueId() {
    return this.#trigger.uid;
  }

  getHandlerFunction() {
    return this.#trigger.handler;
  }

  getEventType() {
    return EVENT_TYPES[this.#trigger.kind];
  }

  getTriggerSource() {
    return this.#trigger.kind === 'clock' ? 'CLOCK' : 'SPREADSHEETS';
  }

  getTriggerSourceId() {
    return this.#trigger.kind === 'clock' ? null : this.#source;
  }
}

class Builder {
  constructor(bridge, handler) {
    this.bridge = bridge;
    this.wanted = { handler, kind: '', minutes: null };
  }

  forSpreadsheet(spreadsheet) {
    const id = typeof spreadsheet === 'string' ? spreadsheet : spreadsheet.getId();
    if (id !== this.bridge.execution.spreadsheetId) {
      throw new Error('Exception: You do not have permission to access the requested document.');
    }
    return this;
  }

  timeBased() {
    this.wanted.kind = 'clock';
    return this;
  }

  onEdit() {
    return this.#kind('edit');
  }

  onChange() {
    return this.#kind('change');
  }

  onOpen() {
    return this.#kind('open');
  }

  everyMinutes(minutes) {
    if (!MINUTES.includes(minutes)) {
      throw new Error('Exception: The value you passed to everyMinutes was invalid. It must be one of 1, 5, 10, 15 or 30.');
    }
    this.wanted.minutes = minutes;
    return this;
  }

  everyHours(hours) {
    this.wanted.minutes = hours * 60;
    return this;
  }

  create() {
    this.bridge.requireAuthorization('ScriptApp.newTrigger');
    this.bridge.requireScope('script.scriptapp');
    const created = this.bridge.call('triggers.create', this.wanted);
    return new Trigger(created, this.bridge.execution.spreadsheetId);
  }

  #kind(kind) {
    this.wanted.kind = kind;
    return this;
  }
}

function makeScriptApp(bridge) {
  return {
    EventType,
    AuthMode: { NONE: 'NONE', CUSTOM_FUNCTION: 'CUSTOM_FUNCTION', LIMITED: 'LIMITED', FULL: 'FULL' },
    newTrigger: (handler) => new Builder(bridge, handler),
    getProjectTriggers() {
      bridge.requireAuthorization('ScriptApp.getProjectTriggers');
      bridge.requireScope('script.scriptapp');
      const source = bridge.execution.spreadsheetId;
      return bridge.call('triggers.list', {}).map((trigger) => new Trigger(trigger, source));
    },
    deleteTrigger(trigger) {
      bridge.requireAuthorization('ScriptApp.deleteTrigger');
      bridge.call('triggers.delete', { uid: trigger.getUniqueId() });
    },
    getScriptId: () => `script-of-${bridge.execution.spreadsheetId}`,
  };
}

module.exports = { makeScriptApp };
