/**
 * Looks at a handler before it runs. Each finding has a code, whose words are in the language tables (`analysis.CODE` and
 * `analysis.CODE.why`), the values for them, its place, and, where a change is safe, the change.
 */

import { RULES } from './rules.js';
import { complexityOf } from './complexity.js';
import { read } from './tree.js';

/**
 * @typedef {object} Fix
 * @property {number} from
 * @property {number} to
 * @property {string} insert
 *
 * @typedef {object} Finding
 * @property {string} code
 * @property {'error' | 'warning'} severity
 * @property {Record<string, string | number>} values
 * @property {number} from offset in the source
 * @property {number} to
 * @property {Fix[]} [fix] from the last place to the first
 *
 * @typedef {object} Surroundings
 * @property {Record<string, { hasTimeout?: boolean }>} [targets] that the node has edges to, and whether the edge has a time-out
 */

/**
 * @param {string} source
 * @param {any} api what core/handlers/api.json says
 * @param {Surroundings} [surroundings]
 * @returns {{ findings: Finding[], complexity: { handler: string, order: number, from: number, to: number }[] }}
 */
export function analyse(source, api, surroundings = {}) {
  let code;
  try {
    code = read(source);
  } catch (error) {
    const { pos, message } = /** @type {SyntaxError & { pos?: number }} */ (error);
    if (pos === undefined) throw error;
    const at = Math.min(pos, Math.max(0, source.length - 1));
    return {
      findings: [{ code: 'syntax', severity: 'error', values: { message: message.replace(/ \(\d+:\d+\)$/, '') }, from: at, to: Math.min(at + 1, source.length) }],
      complexity: [],
    };
  }
  const findings = RULES.flatMap((rule) => rule(code, { source, api, ...surroundings }));
  findings.sort((a, b) => a.from - b.from || a.to - b.to || (a.code < b.code ? -1 : 1));
  return { findings, complexity: complexityOf(code) };
}

/**
 * The source with a finding's change made.
 * @param {string} source
 * @param {Fix[]} fix
 */
export const applied = (source, fix) => fix.reduce((text, { from, to, insert }) => text.slice(0, from) + insert + text.slice(to), source);
