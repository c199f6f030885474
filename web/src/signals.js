/** @returns {import('./types.js').Signals} */
export function createSignals() {
  /** @type {Map<string, Set<import('./types.js').Listener>>} */
  const listeners = new Map();
  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => void set.delete(listener);
    },
    emit(name, payload) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        // One broken panel must not keep the others from hearing.
        try {
          listener(payload);
        } catch (error) {
          reportError(error);
        }
      }
    },
  };
}
