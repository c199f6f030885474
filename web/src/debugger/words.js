import { quantity } from '../i18n/index.js';
import { duration } from '../canvas/format.js';
import { isFailed } from './journal.js';

/** @typedef {import('./journal.js').Input} Input */
/** @typedef {import('./journal.js').Message} Message */

const DECIMALS = 6; // of a moment: microseconds

/** An operation, unless it is the one that has no name. @param {string | undefined} operation */
export const named = (operation) => (operation === 'default' ? undefined : operation);

/** A moment of the run. @param {number | null | undefined} ns @param {number} [decimals] */
export const moment = (ns, decimals = DECIMALS) => (ns === null || ns === undefined ? '–' : quantity(`${(ns / 1e9).toFixed(decimals)} s`));

/**
 * What things are called in the debugger.
 * @param {import('../types.js').App} app @param {import('./session.js').Session} session
 */
export function createWords(app, session) {
  const { t } = app;
  const nodes = () => session.designAt(session.view.from_ns).nodes;
  const isAlone = (/** @type {string} */ node) => session.lanes.filter((lane) => lane.node === node).length <= 1;
  /** @param {string} node @param {number} [replica] */
  const place = (node, replica = 0) => `${nodes()[node]?.name ?? node}${isAlone(node) ? '' : ` #${replica}`}`;
  const kind = (/** @type {Input} */ { kind: of, operation, settled }) => [t(`debugger.kind_${of}`), named(operation), settled === undefined || settled === 'ok' ? '' : `(${t(`waterfall.end_${settled}`)})`].filter(Boolean).join(' ');
  return {
    place,
    kind,
    /** An input in a sentence. @param {Input} input */
    input: (input) => [t('debugger.input', { n: `#${input.n}`, what: kind(input), place: place(input.node, input.replica), at: moment(input.at_ns), took: duration((input.done_ns - input.at_ns) / 1e9) }),
      ...(input.from ? [t('debugger.input_from', { from: nodes()[input.from]?.name ?? input.from })] : []),
      ...(input.duplicate ? [t('debugger.duplicate')] : []), ...(isFailed(input) ? [t('debugger.failed')] : [])].join(', '),
    /** A message in a sentence. @param {Message} message */
    message: (message) => t(message.arrived_ns === null || message.arrived_ns === undefined ? 'debugger.message_lost' : 'debugger.message', {
      what: [t(`debugger.message_${message.kind}`), named(message.operation)].filter(Boolean).join(' '), from: place(message.from, message.from_replica), to: place(message.to, message.to_replica),
      sent: moment(message.sent_ns), arrived: moment(message.arrived_ns) }) + (message.duplicate ? `, ${t('debugger.duplicate')}` : '') + (message.end === 'ok' || message.end === 'lost' ? '' : `, ${t(`waterfall.end_${message.end}`)}`),
  };
}
