/// Which faults of the design are at work at a moment of the run.

import { quantity } from '../inspector/density.js';

/**
 * @param {import('../types.js').Design} design @param {number} time_s
 * @returns {Set<string>} node ids and edge names
 */
export function activeFaults(design, time_s) {
  /** @type {Set<string>} */
  const active = new Set();
  for (const fault of design.faults ?? []) {
    // Random ones (mtbf) are the engine's to know; down replicas show them.
    const at = quantity(String(fault?.['at'] ?? ''));
    const span = fault?.['for'] === undefined ? Infinity : quantity(String(fault['for']));
    if (!(time_s >= at && time_s < at + span)) continue;
    if (typeof fault['target'] === 'string') active.add(fault['target']);
    if (typeof fault['zone'] !== 'string') continue;
    for (const [id, node] of Object.entries(design.nodes)) if (node['zone'] === fault['zone']) active.add(id);
  }
  return active;
}
