/**
 * What this browser remembers. A page without storage (a sandboxed frame) remembers until it is closed.
 */

const KEY = 'scalesim.settings';

/**
 * @param {import('../types.js').Signals} signals
 * @returns {import('../types.js').Settings}
 */
export function createSettings(signals) {
  /** @type {Record<string, import('../types.js').Json>} */
  let values = {};
  try {
    values = JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {};
  } catch {
    values = {};
  }
  return {
    get: (key) => values[key],
    set(key, value) {
      if (values[key] === value) return;
      values = { ...values, [key]: value };
      try {
        localStorage.setItem(KEY, JSON.stringify(values));
      } catch {
        // Kept in memory alone.
      }
      signals.emit('settings', key);
    },
  };
}
