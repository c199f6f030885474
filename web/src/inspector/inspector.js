import { el } from '../dom.js';
/** @param {import('../types.js').App} app @returns {import('../types.js').Panel} */
export function createInspector(app) { return { element: el('div', {class:'panel'}, app.t('inspector.title')), update() {}, dispose() {} }; }
