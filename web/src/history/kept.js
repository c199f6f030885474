/**
 * Runs as they are kept: facts to list them by, apart from the design, results and timeline, which are read when they are asked for.
 */

import { textOf } from '../document/document.js';
import { crc32 } from '../files/slots.js';
import { changeText } from '../run/changes.js';

/** @typedef {import('../types.js').PastRun} PastRun */
/** @typedef {import('../types.js').RunFacts} RunFacts */
/** @typedef {import('../types.js').KeptTimeline} KeptTimeline */
/** @typedef {{ id: string, text: string, results: string, timeline: KeptTimeline, key: number }} RunData */

/** Runs without a name or a note, of one design: the oldest goes when there is one more. */
export const UNNAMED_RUNS_MAX = 50;
export const UNNAMED_BYTES_MAX = 64 * 2 ** 20; // runs of a design with a thousand nodes have megabytes each
const TIMELINE_BYTES_MAX = 2 ** 20; // of a run: fifty of them fit where a browser gives a page little
const THINNED_ROWS_MAX = 1200;
const CHANGES_SHOWN = 3;

/** What the charts of a report are drawn from. */
const DRAWN = /^(time_s|nodes\..+\.(throughput|p50|p99|utilization))$/;

/**
 * A copy of a timeline: all of it, or, where it is large, what is drawn, at fewer moments.
 * @param {import('../types.js').Timeline} timeline
 * @returns {KeptTimeline}
 */
export function keptTimeline({ columns, rows, interval_s, column }) {
  const isThinned = columns.length * rows * Float64Array.BYTES_PER_ELEMENT > TIMELINE_BYTES_MAX;
  if (!isThinned) return { interval_s, columns: [...columns], data: columns.map((name) => column(name).slice()), isThinned };
  const step = Math.ceil(rows / THINNED_ROWS_MAX);
  const most = Math.floor(TIMELINE_BYTES_MAX / Float64Array.BYTES_PER_ELEMENT / Math.ceil(rows / step));
  const names = columns.filter((name) => DRAWN.test(name)).slice(0, most);
  return { interval_s: interval_s * step, columns: names, data: names.map((name) => column(name).filter((_, row) => row % step === step - 1)), isThinned };
}

/** What makes two runs the same, to the byte. @param {string} text @param {string} results */
export const keyOf = (text, results) => crc32(new TextEncoder().encode(text + results));

/**
 * @param {PastRun} run
 * @param {{ id: string, design: string }} names
 * @returns {RunFacts}
 */
export function factsOfRun({ number, name, design, results, stopped_s, fork_s, changes }, names) {
  const { value } = results;
  const client = Object.keys(value.nodes).find((id) => design.nodes[id]?.type === 'client' || design.nodes[id]?.['load'] !== undefined);
  const of = client === undefined ? null : value.nodes[client];
  return {
    ...names, number, name, note: '', made_ms: Date.now(), title: String(design.name ?? ''), engine: String(value.engine), seed: value.seed,
    simulated_s: value.simulated_s, stopped_s, fork_s, changes: changes.slice(0, CHANGES_SHOWN).map(changeText).join(', '),
    mean_s: of?.response?.mean ?? null, p99_s: of?.response?.p99 ?? null, error_ratio: of?.error_ratio ?? null,
    bytes: 0, targets: value.slos.length, targets_met: value.slos.filter((/** @type {any} */ slo) => slo.pass).length,
  };
}

/** About what a run takes in the browser. @param {RunData} data */
export const bytesOf = ({ text, results, timeline }) => text.length + results.length + timeline.data.reduce((sum, column) => sum + column.byteLength, 0);

/** @param {PastRun} run @param {string} id @param {import('../types.js').Timeline} timeline @returns {RunData} */
export function dataOfRun({ design, results }, id, timeline) {
  const text = textOf(design);
  return { id, text, results: results.text, timeline: keptTimeline(timeline), key: keyOf(text, results.text) };
}

/**
 * Those that give way to another one: the oldest without a name or a note.
 * @param {RunFacts[]} all
 * @param {number} bytes of the one that comes
 * @returns {string[]} ids
 */
export function outlived(all, bytes) {
  const unnamed = all.filter(({ name, note }) => name === '' && note === '').sort((a, b) => b.made_ms - a.made_ms || b.number - a.number);
  let room = UNNAMED_BYTES_MAX - bytes;
  const first = unnamed.findIndex((run, index) => {
    room -= run.bytes;
    return room < 0 || index >= UNNAMED_RUNS_MAX - 1;
  });
  return first < 0 ? [] : unnamed.slice(first).map(({ id }) => id);
}
