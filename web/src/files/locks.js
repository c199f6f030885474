/**
 * Who writes a document, of all tabs: the one that holds its lock.
 */

/** @typedef {{ isReal: boolean, release: () => void }} Hold `isReal` is false where this browser has no locks: then the sequence numbers have to tell */

/**
 * @param {string} id of a document
 * @param {number} wait_ms for a tab that is just being left
 * @returns {Promise<Hold | null>} null where another tab holds it
 */
export function hold(id, wait_ms) {
  const none = { isReal: false, release: () => {} };
  return new Promise((resolve) => {
    if (!navigator.locks) return resolve(none);
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), wait_ms);
    navigator.locks.request(`scalesim design ${id}`, { signal: waiting.signal }, () => {
      clearTimeout(timer);
      return new Promise((/** @type {(value?: any) => void} */ release) => resolve({ isReal: true, release }));
    }).catch((error) => resolve(error.name === 'AbortError' ? null : none)); // a frame without an origin may not ask
  });
}
