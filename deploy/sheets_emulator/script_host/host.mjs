/**
 * The operations that the emulator asks for, and the services that running scripts ask for.
 */
import { DocumentCaches } from './caches.mjs';
import { Executions } from './executions.mjs';
import { Locks } from './locks.mjs';
import { Pool } from './pool.mjs';
import { setProperties, storeOf } from './properties.mjs';
import { Triggers } from './triggers.mjs';
import { fetchUrl } from './web.mjs';

const WARM_WORKERS = 2;

export class Host {
  #project;
  #sheets;
  #state;
  #locks = new Locks();
  #caches = new DocumentCaches();
  #pool;
  #executions;
  #triggers;

  /**
   * @param {{project: object, state: object,
   *   sheets: (spreadsheetId: string, call: object) => Promise<unknown>}} parts
   */
  constructor({ project, sheets, state }) {
    this.#project = project;
    this.#sheets = sheets;
    this.#state = state;
    this.#pool = new Pool(project, (execution, op, args) => this.#serve(execution, op, args));
    this.#executions = new Executions(this.#pool, this.#locks);
    this.#triggers = new Triggers(state, project, this.#executions);
    this.#pool.warm(WARM_WORKERS);
  }

  /**
   * One request of the emulator.
   *
   * @param {{op: string, spreadsheetId?: string, [name: string]: any}} request
   * @returns {Promise<unknown>}
   */
  async handle(request) {
    const id = request.spreadsheetId ?? '';
    switch (request.op) {
      case 'configure':
        return this.#configure(request);
      case 'fire':
        return { executions: await Promise.all(this.#triggers.fire(id, request.events)) };
      case 'run':
        return this.#run(id, request);
      case 'properties':
        return { ...storeOf(this.#state.script(id), request.store, request.user ?? '') };
      case 'set_properties':
        setProperties(storeOf(this.#state.script(id), request.store, request.user ?? ''), request.values);
        return this.#state.changed();
      case 'triggers':
        return this.#state.script(id).triggers;
      case 'copy':
        // Of a script's stores a copy gets at most the document's; triggers it never gets.
        Object.assign(this.#state.script(request.to).document, this.#state.script(id).document);
        return this.#state.changed();
      case 'executions':
        return this.#executions.finished(id);
      case 'pending':
        return { pending: this.#executions.pending };
      case 'settle':
        return this.#executions.settle(request.timeoutMs ?? 60_000);
      default:
        throw new Error(`unknown operation ${request.op}`);
    }
  }

  #configure({ workers, minuteMs, timeLimitMs }) {
    this.#pool.limit = workers ?? this.#pool.limit;
    this.#pool.timeLimitMs = timeLimitMs ?? this.#pool.timeLimitMs;
    this.#triggers.minuteMs = minuteMs ?? this.#triggers.minuteMs;
    return null;
  }

  #run(spreadsheetId, { function: name, args, user, answers }) {
    return this.#executions.start({
      spreadsheetId,
      function: name,
      args: args ?? [],
      event: null,
      effectiveUser: user,
      activeUser: user,
      answers: answers ?? null,
      restricted: false,
      cause: 'run',
      scopes: this.#project.scopes,
    });
  }

  /** One blocking call of a running script. */
  async #serve(execution, op, args) {
    const script = this.#state.script(execution.spreadsheetId);
    const document = execution.spreadsheetId;
    switch (op) {
      case 'sheets':
        return this.#sheets(document, args);
      case 'fetch':
        return fetchUrl(args);
      case 'fetchAll':
        return Promise.all(args.requests.map((request) => fetchUrl(request)));
      case 'properties.all':
        return storeOf(script, args.store, execution.effectiveUser);
      case 'properties.set':
        setProperties(storeOf(script, args.store, execution.effectiveUser), args.values);
        return this.#state.changed();
      case 'properties.delete': {
        const store = storeOf(script, args.store, execution.effectiveUser);
        (args.names ?? Object.keys(store)).forEach((name) => delete store[name]);
        return this.#state.changed();
      }
      case 'cache.get':
        return this.#caches.get(document, args);
      case 'cache.put':
        return this.#caches.put(document, args);
      case 'cache.remove':
        return this.#caches.remove(document, args);
      case 'lock.acquire':
        return this.#locks.acquire(`${document}/${args.name}`, execution.id, args.timeoutMs);
      case 'lock.holds':
        return this.#locks.holds(`${document}/${args.name}`, execution.id);
      case 'lock.release':
        return this.#locks.release(`${document}/${args.name}`, execution.id);
      case 'triggers.list':
        return script.triggers.filter((trigger) => trigger.owner === execution.effectiveUser);
      case 'triggers.create':
        return this.#triggers.create(document, execution.effectiveUser, args);
      case 'triggers.delete':
        return this.#triggers.remove(document, execution.effectiveUser, args.uid);
      default:
        throw new Error(`unknown service call ${op}`);
    }
  }
}
