/** Runs as files: a table of all numbers, or everything that is kept. */

import { csvOf } from '../results/rows.js';

/** @typedef {import('./store.js').Whole} Whole */

/** @param {unknown} value */
const cell = (value) => {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const HEAD = ['run', 'name', 'note', 'made', 'design', 'engine', 'seed', 'simulated_s', 'stopped_s', 'changed_at_s'];

/**
 * One line a run and node or operation.
 * @param {Whole[]} runs
 * @returns {string}
 */
export function historyCsv(runs) {
  const lines = runs.flatMap(({ facts, data }, index) => {
    const own = [facts.number, facts.name, facts.note, new Date(facts.made_ms).toISOString(), facts.title, facts.engine, facts.seed, facts.simulated_s, facts.stopped_s, facts.fork_s];
    const [head = '', ...rows] = csvOf(JSON.parse(data.results), JSON.parse(data.text)).trimEnd().split('\r\n');
    const before = own.map(cell).join(',');
    return [...(index === 0 ? [`${HEAD.join(',')},${head}`] : []), ...rows.map((row) => `${before},${row}`)];
  });
  return lines.map((line) => `${line}\r\n`).join('');
}

/**
 * @param {Whole[]} runs
 * @returns {string}
 */
export function historyJson(runs) {
  return `${JSON.stringify({
    format: 'scalesim-history/1',
    runs: runs.map(({ facts, data }) => ({
      run: facts.number, name: facts.name, note: facts.note, made: new Date(facts.made_ms).toISOString(), seed: facts.seed,
      stopped_s: facts.stopped_s, changed_at_s: facts.fork_s, design: JSON.parse(data.text), results: JSON.parse(data.results),
      timeline: {
        interval_s: data.timeline.interval_s, is_thinned: data.timeline.isThinned,
        columns: Object.fromEntries(data.timeline.columns.map((name, at) => [name, Array.from(data.timeline.data[at] ?? [], (value) => (Number.isFinite(value) ? value : null))])),
      },
    })),
  }, null, 2)}\n`;
}
