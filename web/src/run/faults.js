/**
 * Faults given by hand: what can strike a node or an edge, and giving it, now, to the run that goes on.
 */

import { quantity } from '../inspector/density.js';
import { hasTrait, isSource, objectProperties, typeOf } from '../palette/catalog.js';

/** @typedef {{ key: string, fault: Record<string, any> }} FaultChoice `key`: of its words, `fault.KEY` */

const DURATION_S = 600; // what a run lasts unless the design says otherwise
const SHARE = 10; // a fault lasts a tenth of the run

/** @type {FaultChoice[]} */
const SERVER = [
  { key: 'slow', fault: { kind: 'slow', factor: 8 } },
  { key: 'crash', fault: { kind: 'crash' } },
  { key: 'errors', fault: { kind: 'errors', rate: 0.2 } },
  { key: 'pause', fault: { kind: 'pause' } },
];
/** @type {FaultChoice[]} */
const EDGE = [
  { key: 'latency', fault: { kind: 'latency', latency: '100ms' } },
  { key: 'loss', fault: { kind: 'loss', rate: 0.2 } },
  { key: 'partition', fault: { kind: 'partition' } },
];

/** @param {import('../types.js').App} app @param {FaultChoice[]} choices */
function known(app, choices) {
  const kinds = objectProperties(app.catalog, 'fault').find(({ name }) => name === 'kind')?.choices ?? [];
  return choices.filter(({ fault }) => kinds.includes(fault['kind']));
}

/**
 * @param {import('../types.js').App} app
 * @param {string} id
 */
export function faultsOfNode(app, id) {
  const type = typeOf(app.catalog, app.document.get().nodes[id]?.type ?? '');
  if (isSource(type)) return known(app, [{ key: 'spike', fault: { kind: 'spike', factor: 3 } }, { key: 'pause', fault: { kind: 'pause' } }]);
  return known(app, hasTrait(type, 'cache') ? [...SERVER, { key: 'flush', fault: { kind: 'flush' } }] : SERVER);
}

/** @param {import('../types.js').App} app */
export const faultsOfEdge = (app) => known(app, EDGE);

/** @param {import('../types.js').App} app */
export const faultsOfZone = (app) => known(app, [{ key: 'zone', fault: { kind: 'zone-down' } }]);

/**
 * Appends a fault to the design. A run that has begun is struck now and goes on as it was, running or paused; otherwise the fault comes
 * a third into the run.
 * @param {import('../types.js').App} app
 * @param {string | { zone: string }} target a node's id, an edge's name, or a zone
 * @param {string} name for people
 * @param {Record<string, any>} fault without its time
 */
export async function injectFault(app, target, name, fault) {
  const { run, document, t } = app;
  const wasRunning = run.state === 'running';
  if (wasRunning) await run.pause(); // so that "now" is the same for the page and for the engine
  const isBegun = run.state === 'paused';
  const { faults = [], run: settings } = document.get();
  const written_s = quantity(String(settings?.['duration'] ?? ''));
  const duration_s = Number.isFinite(written_s) ? written_s : DURATION_S;
  const at_s = isBegun ? Math.ceil(run.time_s * 1000) / 1000 : Math.round(duration_s / 3);
  const lasts = fault['kind'] === 'flush' ? {} : { for: `${Math.max(1, Math.round(duration_s / SHARE))}s` };
  document.execute(app.commands.setValue('/faults', [...faults, { at: `${at_s}s`, ...lasts, ...(typeof target === 'string' ? { target } : target), ...fault }]));
  if (!isBegun) {
    app.notify(t('fault.added', { name }));
    return;
  }
  if (!(await run.fork())) return; // it has said why
  app.notify(t('fault.injected', { name, time: `${at_s.toFixed(1)} s` }));
  if (wasRunning) await run.start();
}
