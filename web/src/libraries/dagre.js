import dagre from '@dagrejs/dagre';

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, dagre };
