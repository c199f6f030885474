/**
 * What the engine says about the document: asked a moment after each change, kept by pointer.
 */

const QUIET_MS = 120; // typing is not interrupted by its own half-words

/**
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Diagnostics}
 */
export function createDiagnostics(app) {
  /** @type {readonly import('../types.js').Diagnostic[]} */
  let all = [];
  /** @type {readonly import('../types.js').Diagnostic[]} what the last generation said of this document */
  let generation = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asked = 0;

  async function ask() {
    const mine = ++asked;
    try {
      const { result } = await app.engine.call('check', { design: app.document.text() });
      if (mine !== asked) return;
      all = result.diagnostics;
      app.signals.emit('diagnostics');
    } catch (error) {
      if (mine === asked) app.signals.emit('engine-failed', /** @type {Error} */ (error).message);
    }
  }

  app.signals.on('generated', (found) => {
    generation = found;
    app.signals.emit('diagnostics');
  });
  app.signals.on('document', () => {
    generation = [];
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET_MS);
  });

  return {
    get all() { return all; },
    get generation() { return generation; },
    get errors() { return all.filter(({ severity }) => severity === 'error').length; },
    get warnings() { return all.filter(({ severity }) => severity === 'warning').length; },
    at: (pointer) => all.filter((one) => one.pointer === pointer),
    under: (pointer) => all.filter((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`)),
  };
}
