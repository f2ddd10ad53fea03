/**
 * Triggers: which functions a person's gesture or the clock starts.
 *
 * Simple triggers are the functions onEdit and onOpen themselves; they run with less authority.
 * https://developers.google.com/apps-script/guides/triggers
 */
import { randomInt } from 'node:crypto';

const TRIGGERS_PER_USER = 20;
const CLOCK_STEP_MS = 100;

export class Triggers {
  #state;
  #project;
  #executions;
  minuteMs = 60_000;

  constructor(state, project, executions) {
    this.#state = state;
    this.#project = project;
    this.#executions = executions;
    setInterval(() => this.#tick(Date.now()), CLOCK_STEP_MS).unref();
  }

  /**
   * Starts what each event fires, in the events' order; they run concurrently.
   *
   * @param {string} spreadsheetId
   * @param {{kind: 'edit' | 'change' | 'open', payload: object, user: string | null, owner: string,
   *          copies: number, delayMs: number}[]} events copies: 0 loses the event, 2 sends it twice
   * @returns {Promise<object>[]} the records of the executions
   */
  fire(spreadsheetId, events) {
    return events.flatMap((event) => [
      ...this.#simple(spreadsheetId, event),
      ...this.#installed(spreadsheetId, event),
    ]);
  }

  #simple(spreadsheetId, event) {
    const name = { edit: 'onEdit', open: 'onOpen' }[event.kind];
    if (!name || !this.#project.functions.has(name)) {
      return [];
    }
    const user = event.user ?? event.owner;
    const started = { ...event.payload, authMode: 'LIMITED', user };
    return [this.#start(spreadsheetId, name, started, user, event, true)];
  }

  #installed(spreadsheetId, event) {
    const triggers = this.#state
      .script(spreadsheetId)
      .triggers.filter((trigger) => trigger.kind === event.kind);
    return triggers.flatMap((trigger) => {
      const payload = { ...event.payload, authMode: 'FULL', triggerUid: trigger.uid, user: event.user };
      return Array.from({ length: event.copies }, () =>
        this.#start(spreadsheetId, trigger.handler, payload, trigger.owner, event, false),
      );
    });
  }

  #start(spreadsheetId, name, payload, effectiveUser, event, restricted) {
    return this.#executions.start(
      {
        spreadsheetId,
        function: name,
        args: [],
        event: payload,
        effectiveUser,
        activeUser: event.user ?? '',
        answers: event.kind === 'open' ? [] : null,
        restricted,
        cause: event.kind,
        scopes: this.#project.scopes,
      },
      event.delayMs,
    );
  }

  /** @param {{handler: string, kind: string, minutes: number | null}} wanted */
  create(spreadsheetId, owner, wanted) {
    const { triggers } = this.#state.script(spreadsheetId);
    if (triggers.filter((trigger) => trigger.owner === owner).length >= TRIGGERS_PER_USER) {
      throw new Error('This script has too many triggers. Triggers must be deleted from the script before more can be added.');
    }
    const trigger = {
      uid: String(randomInt(1, 2 ** 47)),
      owner,
      ...wanted,
      nextAt: wanted.minutes === null ? null : Date.now() + wanted.minutes * this.minuteMs,
    };
    triggers.push(trigger);
    this.#state.changed();
    return trigger;
  }

  remove(spreadsheetId, owner, uid) {
    const script = this.#state.script(spreadsheetId);
    script.triggers = script.triggers.filter((trigger) => trigger.uid !== uid || trigger.owner !== owner);
    this.#state.changed();
    return null;
  }

  #tick(now) {
    for (const [spreadsheetId, script] of this.#state.scripts) {
      for (const trigger of script.triggers) {
        if (trigger.kind === 'clock' && trigger.nextAt <= now) {
          trigger.nextAt = now + trigger.minutes * this.minuteMs;
          const event = { kind: 'clock', user: null, delayMs: 0 };
          const payload = { authMode: 'FULL', triggerUid: trigger.uid, timezone: 'UTC' };
          void this.#start(spreadsheetId, trigger.handler, payload, trigger.owner, event, false);
        }
      }
    }
  }
}
