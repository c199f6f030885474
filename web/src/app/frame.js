import './frame.css';
import { createProblems, problemsOf } from '../diagnostics/problems.js';
import { el, fill } from '../dom.js';
import { icon } from '../icons/icon.js';
import { createClosedForm } from '../results/closed_form.js';
import { createVerdicts } from '../results/verdicts.js';
import { createRunBar } from '../runbar/runbar.js';
import { createHeader } from './header.js';
import { createLater } from './later.js';

/**
 * The frame: header, palette, canvas, inspector and the dock below; sheets where it is narrow, the run bar under the thumb where it is small.
 * @param {import('../types.js').App} app
 * @param {{ canvas: import('../types.js').Panel, inspector: import('../types.js').Panel, palette: import('../types.js').Panel }} panels
 * @param {ReturnType<typeof import('./language.js').createLanguage>} language
 */
export function createFrame(app, { canvas, inspector, palette }, language) {
  const { t } = app;
  const runBar = createRunBar(app);
  const verdicts = createVerdicts(app);
  const header = createHeader(app, { toggle: toggleSide }, language);
  const runHome = el('div', { class: 'frame-run-home' });
  const runRow = el('section', { class: 'frame-run', 'aria-label': t('run.bar'), hidden: true });
  const sides = {
    palette: el('aside', { class: 'frame-palette', 'aria-label': t('frame.parts') }, palette.element),
    inspector: el('aside', { class: 'frame-inspector', 'aria-label': t('frame.settings') }, inspector.element, createClosedForm(app).element),
  };
  const middle = el('main', { class: 'frame-middle' }, verdicts.element,
    el('div', { class: 'frame-canvas' }, canvas.element));
  const dock = createDock(app);
  const skip = el('button', { class: 'button skip-link', type: 'button', onclick: () => app.actions.perform('focus-canvas') }, t('app.canvas'));
  const element = el('div', { class: 'frame' }, skip,
    header.bar(runHome), sides.palette, middle, sides.inspector, dock.element, runRow);

  const narrow = matchMedia('(max-width: 899px)');
  const small = matchMedia('(max-width: 479px)');

  /** @param {'palette' | 'inspector'} side */
  function toggleSide(side) {
    const { dataset } = sides[side];
    if (narrow.matches) {
      const isOpen = dataset['open'] !== 'true';
      for (const one of Object.values(sides)) one.dataset['open'] = 'false';
      dataset['open'] = String(isOpen);
    } else {
      app.settings.set(`fold.${side}`, dataset['folded'] !== 'true');
    }
  }

  function arrange() {
    for (const side of /** @type {const} */ (['palette', 'inspector'])) {
      sides[side].dataset['folded'] = String(!narrow.matches && (app.settings.get(`fold.${side}`) ?? false));
    }
    const home = small.matches ? runRow : runHome;
    runRow.hidden = !small.matches;
    if (runBar.element.parentElement !== home) home.append(runBar.element);
  }
  // Whoever asks for a part gets to see the palette.
  app.signals.on('add-node', () => {
    const { dataset } = sides.palette;
    if (narrow.matches ? dataset['open'] !== 'true' : dataset['folded'] === 'true') toggleSide('palette');
  });
  narrow.addEventListener('change', arrange);
  small.addEventListener('change', arrange);
  app.signals.on('settings', arrange);
  /** @param {'palette' | 'inspector'} side */
  function openSide(side) {
    const { dataset } = sides[side];
    if (narrow.matches ? dataset['open'] !== 'true' : dataset['folded'] === 'true') toggleSide(side);
  }
  // Asking for a part, or for the settings of one, brings the panel that has them; a placed part is looked at.
  app.signals.on('add-node', () => openSide('palette'));
  app.signals.on('inspect', () => openSide('inspector'));
  app.signals.on('place-node', () => { sides.palette.dataset['open'] = 'false'; });
  app.signals.on('reveal', () => { for (const one of Object.values(sides)) one.dataset['open'] = 'false'; });
  // A sheet gives way to the drawing when that is touched.
  middle.addEventListener('pointerdown', () => { for (const one of Object.values(sides)) one.dataset['open'] = 'false'; });
  arrange();
  return { element, middle, welcome: verdicts.welcome, openSheet: toggleSide };
}

/** @param {import('../types.js').App} app */
function createDock(app) {
  const { t } = app;
  const panels = { charts: createLater(app, 'insight', 'createCharts'), results: createLater(app, 'insight', 'createResults'), history: createLater(app, 'desk', 'createHistory'), problems: createProblems(app) };
  const strip = createLater(app, 'insight', 'createStrip', '');
  const names = /** @type {(keyof typeof panels)[]} */ (Object.keys(panels));
  const badge = el('span', { class: 'badge bad', hidden: true });
  const bodies = names.map((name) => el('div', { class: 'dock-body', role: 'tabpanel', id: `dock-${name}`, 'aria-label': t(`tab.${name}`) }, panels[name].element));
  const tabs = names.map((name) => el('button', {
    class: 'tab', type: 'button', role: 'tab', 'aria-controls': `dock-${name}`,
    onclick: () => choose(name),
  }, t(`tab.${name}`), name === 'problems' && [' ', badge]));
  const fold = el('button', { class: 'button quiet icon-only', type: 'button', onclick: toggle });
  const element = el('section', { class: 'frame-dock', 'aria-label': t('frame.dock') },
    strip.element, el('div', { class: 'dock-head' }, el('div', { class: 'tabs', role: 'tablist', onkeydown: onKey }, tabs), fold), bodies);

  // On a phone the drawing has the screen until the timeline is asked for.
  const isFolded = () => app.settings.get('fold.dock') ?? matchMedia('(max-width: 479px)').matches;
  function toggle() {
    app.settings.set('fold.dock', !isFolded());
  }

  /** @param {string} name */
  function choose(name) {
    app.settings.set('dock', name);
    app.settings.set('fold.dock', false);
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const right = document.documentElement.dir === 'rtl' ? -1 : 1; // the way that the tabs run
    const move = event.key === 'ArrowRight' ? right : event.key === 'ArrowLeft' ? -right : 0;
    if (move === 0) return;
    const at = (names.indexOf(current()) + move + names.length) % names.length;
    choose(/** @type {string} */ (names[at]));
    tabs[at]?.focus();
  }

  /** @returns {keyof typeof panels} */
  const current = () => (names.includes(app.settings.get('dock')) ? app.settings.get('dock') : 'charts');

  function update() {
    const chosen = current();
    element.dataset['folded'] = String(isFolded());
    fill(fold, icon(isFolded() ? 'up' : 'down'));
    fold.title = t(isFolded() ? 'frame.unfold_dock' : 'frame.fold_dock');
    fold.setAttribute('aria-label', fold.title);
    names.forEach((name, index) => {
      const isChosen = name === chosen;
      tabs[index]?.setAttribute('aria-selected', String(isChosen));
      tabs[index]?.setAttribute('tabindex', isChosen ? '0' : '-1');
      const body = bodies[index];
      if (body) body.hidden = !isChosen || isFolded();
    });
    panels[chosen].update();
  }

  function count() {
    const found = problemsOf(app);
    badge.hidden = found.length === 0;
    badge.textContent = String(found.length);
    badge.classList.toggle('bad', found.some(({ severity }) => severity === 'error'));
  }
  app.signals.on('settings', (key) => { if (key === 'dock' || key === 'fold.dock') update(); });
  for (const name of ['diagnostics', 'results', 'run-state']) app.signals.on(name, count);
  update();
  strip.update();
  return { element };
}
