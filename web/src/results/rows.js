/**
 * The results as rows of a table: every node, and under it its operations; clients first, since theirs is what people see.
 */

/**
 * @typedef {object} Row
 * @property {string} id of the node
 * @property {string} operation empty for the node itself
 * @property {boolean} isClient
 * @property {boolean} hasOperations
 * @property {any} values as the results have them
 */

/**
 * @param {any} results
 * @param {import('../types.js').Design} design
 * @returns {Row[]}
 */
export function rowsOf(results, design) {
  /** @type {Row[]} */
  const rows = [];
  for (const [id, values] of Object.entries(/** @type {Record<string, any>} */ (results.nodes))) {
    const node = design.nodes[id];
    const operations = Object.entries(/** @type {Record<string, any>} */ (values.operations ?? {}));
    const isClient = node?.load !== undefined || node?.type === 'client';
    rows.push({ id, operation: '', isClient, hasOperations: operations.length > 0, values });
    for (const [operation, own] of operations) rows.push({ id, operation, isClient, hasOperations: false, values: own });
  }
  return [...rows.filter(({ isClient }) => isClient), ...rows.filter(({ isClient }) => !isClient)];
}

/**
 * The columns: key, the value in the results, and how it is shown. Units are part of the value shown, and of the header of the CSV.
 * @type {readonly { key: string, of: (values: any) => any, csv: string, kind: 'rate' | 'percent' | 'count' | 'duration', half?: (values: any) => any }[]}
 */
export const COLUMNS = [
  { key: 'throughput', of: (v) => v.throughput, csv: 'throughput_per_s', kind: 'rate' },
  { key: 'utilization', of: (v) => v.utilization, csv: 'utilization', kind: 'percent' },
  { key: 'in_queue', of: (v) => v.in_queue, csv: 'in_queue', kind: 'count' },
  { key: 'mean', of: (v) => v.response?.mean, half: (v) => v.response?.ci95, csv: 'response_mean_s', kind: 'duration' },
  { key: 'p50', of: (v) => v.response?.p50, csv: 'response_p50_s', kind: 'duration' },
  { key: 'p95', of: (v) => v.response?.p95, csv: 'response_p95_s', kind: 'duration' },
  { key: 'p99', of: (v) => v.response?.p99, csv: 'response_p99_s', kind: 'duration' },
  { key: 'max', of: (v) => v.response?.max, csv: 'response_max_s', kind: 'duration' },
  { key: 'errors', of: (v) => v.error_ratio, csv: 'error_ratio', kind: 'percent' },
];

/** @param {unknown} value */
const csvCell = (value) => {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/**
 * @param {any} results
 * @param {import('../types.js').Design} design
 */
export function csvOf(results, design) {
  const head = ['node', 'operation', ...COLUMNS.flatMap(({ csv, half }) => (half ? [csv, `${csv.replace(/_s$/, '')}_ci95_s`] : [csv]))];
  const lines = rowsOf(results, design).map(({ id, operation, values }) => [
    id, operation, ...COLUMNS.flatMap(({ of, half }) => (half ? [of(values), half(values)] : [of(values)]))]);
  return [head, ...lines].map((line) => line.map(csvCell).join(',') + '\r\n').join('');
}
