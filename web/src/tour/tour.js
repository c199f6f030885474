import './tour.css';
import { makePointer } from '../document/pointer.js';
import { el, fill } from '../dom.js';
import { listExamples, readExample } from '../files/examples.js';
import { icon } from '../icons/icon.js';
import { STEPS, stepOf } from './steps.js';

const EXAMPLE = 'ecommerce';
const FIELDS = ['concurrency', 'replicas', 'connections'];

/** Where each step is done. @param {string | null} node */
const targetsOf = (node) => /** @type {Record<string, string[]>} */ ({
  run: ['.run-play'],
  watch: ['.run-progress'],
  look: ['.verdict-node'],
  change: FIELDS.map((name) => `.frame-inspector [data-pointer="${CSS.escape(makePointer('nodes', node ?? '', name))}"]`),
  again: ['.run-play'],
  done: ['.verdict-chips'],
});

/**
 * A minute from a system in trouble to one that is not: it waits for what the person does, shows where, and gets out of the way.
 * @param {import('../types.js').App} app
 * @param {HTMLElement} middle of the frame
 */
export function createTour(app, middle) {
  const { t, run } = app;
  const words = el('p', { class: 'tour-words', tabindex: '-1' });
  const count = el('span', { class: 'muted small number' });
  const where = el('button', { class: 'button', type: 'button', onclick: goThere }, icon('target'), t('tour.where'));
  const end = el('button', { class: 'button quiet', type: 'button', onclick: () => close(step === 'done' ? 'done' : 'left') });
  const element = el('section', { class: 'tour', 'aria-label': t('tour.title'), onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') close('left'); } },
    words, el('div', { class: 'tour-foot' }, count, el('span', { class: 'toolbar-spacer' }), where, end));
  /** @type {import('./steps.js').Step | ''} */
  let step = '';
  /** @type {any} the nodes as the tour found them */
  let begun = null;
  /** @type {(() => void)[]} */
  let stops = [];
  let isOpen = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const bottleneck = () => run.results?.value.bottleneck?.node ?? null;

  function facts() {
    const { results } = run;
    const node = bottleneck();
    const slos = results?.value.slos ?? [];
    return {
      state: run.state, isStale: run.isStale, isFinal: results?.isFinal ?? false, passes: slos.length > 0 && slos.every((/** @type {any} */ one) => one.pass === true),
      bottleneck: node, isSelected: node !== null && app.selection.nodes.has(node), hasChanged: app.document.get().nodes !== begun,
    };
  }

  /** What is pointed at now. @returns {HTMLElement | null} */
  function target() {
    const seen = [...(targetsOf(bottleneck())[step] ?? [])].map((selector) => document.querySelector(selector)).find((one) => one !== null);
    return /** @type {HTMLElement | null} */ (seen ?? null);
  }

  function point() {
    for (const one of document.querySelectorAll('[data-tour]')) one.removeAttribute('data-tour');
    target()?.setAttribute('data-tour', '');
  }

  /** Takes the focus to where the step is done; on a phone that may be behind a sheet. */
  function goThere() {
    if (step === 'change') app.signals.emit('inspect');
    else middle.dispatchEvent(new PointerEvent('pointerdown')); // as a press on the drawing, which sends sheets away
    requestAnimationFrame(() => {
      const place = target();
      place?.scrollIntoView({ block: 'center', inline: 'nearest' });
      const control = place?.matches('button, input, [tabindex]') ? place : place?.querySelector('input') ?? place?.querySelector('button, select');
      /** @type {HTMLElement | null | undefined} */ (control)?.focus();
      point();
    });
  }

  function update() {
    clearTimeout(timer);
    timer = undefined;
    if (!isOpen) return;
    const now = facts();
    const next = stepOf(now);
    point();
    const name = app.document.get().nodes[now.bottleneck ?? '']?.name ?? now.bottleneck ?? '';
    const isAgain = next === 'look' && now.hasChanged;
    const text = t(isAgain ? 'tour.step_more' : `tour.step_${next}`, { node: String(name) });
    if (words.textContent === text) return;
    step = next;
    words.textContent = text;
    count.textContent = t('tour.count', { at: STEPS.indexOf(next) + 1, of: STEPS.length });
    element.dataset['step'] = next;
    where.hidden = next === 'watch' || next === 'done';
    fill(end, t(next === 'done' ? 'tour.finish' : 'tour.skip'));
    end.className = next === 'done' ? 'button primary' : 'button quiet';
    if (next === 'done') app.settings.set('tour', 'done');
    app.announce(text);
    point();
  }

  // What is pointed at may be drawn a moment after what it is about.
  const soon = () => { timer ??= setTimeout(update, 60); };

  /** @param {'left' | 'done'} how */
  function close(how) {
    isOpen = false;
    clearTimeout(timer);
    stops.forEach((stop) => stop());
    stops = [];
    element.remove();
    for (const one of document.querySelectorAll('[data-tour]')) one.removeAttribute('data-tour');
    if (app.settings.get('tour') !== 'done') app.settings.set('tour', how);
    if (how === 'left') app.notify(t('tour.left'), { action: { title: t('tour.resume'), run: () => void open() } });
    app.actions.perform('focus-canvas');
  }

  /** Begins, or goes on where the person is now. */
  async function open() {
    if (isOpen) return;
    if (app.document.name !== EXAMPLE) {
      const example = (await listExamples()).find(({ name }) => name === EXAMPLE);
      if (!example) return;
      app.signals.emit('open-example', { text: await readExample(example), name: EXAMPLE });
      await new Promise((done) => setTimeout(done, 100));
    }
    isOpen = true;
    step = '';
    begun ??= app.document.get().nodes;
    app.settings.set('tour', 'open');
    middle.prepend(element);
    stops = ['run-state', 'results', 'selection', 'document', 'solution'].map((name) => app.signals.on(name, soon));
    // Its words are about this design: another one has another bottleneck, or none.
    stops.push(app.signals.on('document-open', () => {
      begun = app.document.get().nodes;
      if (app.document.name === EXAMPLE) soon();
      else close('left');
    }));
    words.textContent = '';
    update();
    words.focus();
  }
  return { open };
}
