import uPlot from 'uplot';

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, uplot: uPlot };
