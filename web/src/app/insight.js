import { makePointer } from '../document/pointer.js';
import { loadLibrary } from '../libraries/libraries.js';
import { hasTrait, typeOf } from '../palette/catalog.js';

/**
 * What is looked at more closely, each loaded when it is first asked for: the design as text, requests one by one, the tour, pictures and links to take away.
 * @param {import('../types.js').App} app
 * @param {HTMLElement} middle of the frame
 */
export function createInsight(app, middle) {
  /** @type {Promise<any> | null} */
  let made = null;

  /** @param {string} part @param {string} work @param {any[]} args */
  async function ask(part, work, ...args) {
    try {
      made ??= loadLibrary('insight').then(({ createInsights }) => createInsights(app, middle));
      const parts = await made;
      await parts[part][work](...args);
    } catch (error) {
      made = null; // a later try may be online again
      app.notify(app.t('app.later_failed'), { kind: 'error' });
      reportError(error);
    }
  }
  app.actions.add({ name: 'edit-text', title: 'source.open', key: 'Ctrl+j', run: () => void ask('beside', 'toggle') });
  app.actions.add({ name: 'look-at-requests', title: 'waterfall.open', run: () => void ask('requests', 'look'), enabled: () => app.run.known_s > 0 });
  app.actions.add({ name: 'tour', title: 'tour.begin', run: () => void ask('tour', 'open') });
  app.actions.add({ name: 'copy-link', title: 'link.copy', run: () => void ask('share', 'link') });
  app.actions.add({ name: 'take-drawing', title: 'picture.take_drawing', run: () => void ask('share', 'picture') });
  app.signals.on('look-at-requests', (time_s) => void ask('requests', 'look', time_s));
  /** @param {import('../debugger/debugger.js').Where} [where] */
  async function debug(where) {
    try {
      const { showDebugger } = await loadLibrary('debugger');
      await showDebugger(app, where);
    } catch (error) {
      app.notify(app.t('app.later_failed'), { kind: 'error' });
      reportError(error);
    }
  }
  app.actions.add({ name: 'debug', title: 'debugger.open', key: 'd', run: () => void debug(), enabled: () => app.run.known_s > 0 && Object.values(app.document.get().nodes).some((node) => node['code']) });
  app.signals.on('debug', (where) => void debug(where));
  const hasCode = () => document.querySelector('.code .editor') !== null;
  /** The node that is selected, if it can run code and has none. */
  const uncoded = () => {
    const [id = '', more] = app.selection.nodes;
    const node = app.document.get().nodes[id];
    return more === undefined && node && !node['code'] && hasTrait(typeOf(app.catalog, node.type), 'code') ? id : null;
  };
  async function writeCode() {
    const id = uncoded();
    if (id === null) return;
    try {
      const { starterOf } = await loadLibrary('snippets');
      app.document.execute(app.commands.change('command.insert_code', [[makePointer('nodes', id, 'code'), { source: starterOf(app, id) }]]));
      app.notify(app.t('code.written', { node: id }));
    } catch (error) {
      app.notify(app.t('app.later_failed'), { kind: 'error' });
      reportError(error);
    }
  }
  app.actions.add({ name: 'write-code', title: 'code.write', run: () => void writeCode(), enabled: () => uncoded() !== null });
  app.actions.add({ name: 'insert-code', title: 'code.insert', run: () => app.signals.emit('insert-code'), enabled: hasCode });
  app.actions.add({ name: 'use-code', title: 'code.apply_tip', key: 'Ctrl+Enter', run: () => app.signals.emit('use-code'), enabled: hasCode });
  app.actions.add({ name: 'large-code', title: 'code.large', run: () => app.signals.emit('large-code'), enabled: hasCode });
  const openLink = () => { if (location.hash.startsWith('#design=')) void ask('share', 'open'); };
  addEventListener('hashchange', openLink);
  if (app.settings.get('source.open') && matchMedia('(min-width: 900px)').matches) void ask('beside', 'open');
  return { openLink };
}
