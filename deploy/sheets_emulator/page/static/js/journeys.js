/**
 * Journeys: each change followed from the side where it was made to the other. Pure: times come in.
 *
 * A journey begins with what is seen first: a person's edit on this page, a sheet edit in Kafka, or
 * a database change that Sheetbridge did not make itself. It has arrived when the other side shows
 * the row, which may be seen before the change event is.
 */

/**
 * @typedef {"sheet" | "database"} Side
 * @typedef {"underway" | "arrived" | "late" | "same" | "refused" | "replaced"} State
 *   `same`: the other side showed the value before, so nothing had to be written; `refused`: the
 *   sheet says why in a note; `replaced`: a later change of the same cells went over it
 * @typedef {{column: string, old?: unknown, new?: unknown}} CellChange
 *
 * @typedef {object} Journey
 * @property {number} id
 * @property {Side} origin
 * @property {string} mapping
 * @property {string} key the row's identity
 * @property {"write" | "delete"} what
 * @property {CellChange[]} cells
 * @property {number} startedAt milliseconds since the epoch
 * @property {number | null} latency milliseconds until the other side showed it
 * @property {State} state
 * @property {boolean} local begun by a hand on this page
 *
 * @typedef {object} Sighting the other side shows a row of which something changed
 * @property {Side} side where it was seen
 * @property {string} mapping
 * @property {string} key
 * @property {string[]} columns none: the whole row came or went
 * @property {number} at milliseconds since the epoch
 */

/** A journey that takes longer is called late, milliseconds. */
export const LATE_AFTER = 10_000;
/** Before that, what has not arrived is simply under way, milliseconds. */
const QUIET = 1_500;
const REMEMBERED = 5_000;
const KEPT = 200;
/** Clocks of server and browser are one on this machine, their resolutions are not. */
const SLACK = 5;

export class Journeys {
  constructor() {
    /** @type {Journey[]} newest first */
    this.all = [];
    /** @type {Sighting[]} */
    this.sightings = [];
    this.count = 0;
  }

  /**
   * A change was made.
   * @param {Pick<Journey, "origin" | "mapping" | "key" | "what" | "cells" | "startedAt">} change
   * @param {boolean} [local]
   * @returns {Journey} the journey, which may have been known already
   */
  begin(change, local = false) {
    const known = local ? undefined : this.#known(change);
    if (known) {
      known.cells = known.cells.map((cell) => ({
        ...change.cells.find(({ column }) => column === cell.column),
        ...cell,
      }));
      return known;
    }
    this.count += 1;
    /** @type {Journey} */
    const journey = { ...change, id: this.count, latency: null, state: "underway", local };
    this.all.unshift(journey);
    this.all.length = Math.min(this.all.length, KEPT);
    for (const sighting of this.sightings) {
      if (journey.state === "underway" && shows(sighting, journey)) arrive(journey, sighting.at);
    }
    return journey;
  }

  /**
   * A sheet edit in Kafka is often one that was seen when it was typed here.
   * @param {Pick<Journey, "origin" | "mapping" | "key" | "cells" | "startedAt">} change
   * @returns {Journey | undefined}
   */
  #known(change) {
    return this.all.find(
      (journey) =>
        journey.local &&
        journey.origin === change.origin &&
        journey.mapping === change.mapping &&
        journey.key === change.key &&
        Math.abs(journey.startedAt - change.startedAt) < LATE_AFTER &&
        change.cells.every(({ column }) => journey.cells.some((cell) => cell.column === column)),
    );
  }

  /**
   * A side shows a changed row.
   * @param {Sighting} sighting
   * @returns {Journey[]} journeys that ended here
   */
  sight(sighting) {
    this.sightings = this.sightings.filter(({ at }) => sighting.at - at < REMEMBERED);
    this.sightings.push(sighting);
    const ended = this.all.filter(
      (journey) => isOpen(journey) && shows(sighting, journey),
    );
    for (const journey of ended) arrive(journey, sighting.at);
    return ended;
  }

  /**
   * Settle what will not be sighted, and call late what is under way too long.
   * @param {number} now
   * @param {(journey: Journey) => State | null} look what can be seen of a journey on both sides
   * @returns {Journey[]} journeys that are late now, or still
   */
  sweep(now, look) {
    for (const journey of this.all) {
      if (!isOpen(journey) || now - journey.startedAt < QUIET) continue;
      const seen = look(journey);
      if (seen) journey.state = seen;
      else if (now - journey.startedAt > LATE_AFTER) journey.state = "late";
    }
    this.#replace();
    return this.all.filter(({ state }) => state === "late");
  }

  /** An open journey whose cells a later, settled one went over will never arrive. */
  #replace() {
    this.all.forEach((journey, place) => {
      if (!isOpen(journey)) return;
      const isOver = this.all
        .slice(0, place)
        .some((later) => !isOpen(later) && later.state !== "replaced" && covers(later, journey));
      if (isOver) journey.state = "replaced";
    });
  }

  /**
   * Latencies of the journeys that began at a side, newest first.
   * @param {Side} origin
   * @returns {number[]}
   */
  latencies(origin) {
    return this.all.flatMap((journey) =>
      journey.origin === origin && journey.latency !== null ? [journey.latency] : [],
    );
  }
}

/**
 * @param {Sighting} sighting
 * @param {Journey} journey
 * @returns {boolean} whether the sighting is the end of the journey
 */
function shows(sighting, journey) {
  return (
    sighting.side !== journey.origin &&
    sighting.mapping === journey.mapping &&
    sighting.key === journey.key &&
    sighting.at >= journey.startedAt - SLACK &&
    (sighting.columns.length === 0 ||
      journey.cells.length === 0 ||
      journey.cells.some(({ column }) => sighting.columns.includes(column)))
  );
}

/**
 * @param {Journey} journey
 * @param {number} at
 */
function arrive(journey, at) {
  journey.state = "arrived";
  journey.latency = Math.max(0, at - journey.startedAt);
}

/**
 * @param {Journey} journey
 * @returns {boolean} whether it may still arrive
 */
function isOpen({ state }) {
  return state === "underway" || state === "late";
}

/**
 * @param {Journey} later
 * @param {Journey} journey
 * @returns {boolean} whether the later journey is of the same row and all the same cells
 */
function covers(later, journey) {
  return (
    later.mapping === journey.mapping &&
    later.key === journey.key &&
    later.startedAt >= journey.startedAt &&
    (later.what === "delete" ||
      journey.cells.every(({ column }) => later.cells.some((cell) => cell.column === column)))
  );
}
