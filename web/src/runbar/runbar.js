import './runbar.css';
import { count, duration } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { quantity } from '../i18n/index.js';
import { icon } from '../icons/icon.js';
import { SPEEDS, speedText } from './speeds.js';

const SEED_MAX = 2 ** 53 - 1; // the largest whole number that a page can hold exactly
const STEP_MANY = 100;
const FACTS_MS = 100; // they cannot be read faster

/**
 * Run and pause, step, rewind, speed and seed; how far the run is, how long it will take and how fast it goes.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel}
 */
export function createRunBar(app) {
  const { t, run, actions } = app;
  addActions(app);

  const button = (/** @type {string} */ action, /** @type {any} */ name, extra = {}) => el('button', {
    class: 'button icon-only', type: 'button', title: actions.tip(action), 'aria-label': actions.tip(action),
    onclick: () => actions.perform(action), ...extra,
  }, icon(name));

  const play = el('button', { class: 'button primary run-play', type: 'button', onclick: () => actions.perform('run') });
  const step = button('step', 'step', {
    onclick: (/** @type {MouseEvent} */ event) => void run.step(event.shiftKey ? STEP_MANY : 1), title: t('run.step_tip'),
  });
  const rewind = button('rewind', 'rewind');
  const speed = el('select', {
    class: 'input run-speed', 'aria-label': t('run.speed'), title: t('run.speed_tip'),
    onchange: () => run.setSpeed(speed.value === 'max' ? 'max' : Number(speed.value)),
  }, SPEEDS.map((one) => el('option', { value: String(one) }, speedText(one, t))));
  const seed = el('input', {
    class: 'input', type: 'number', min: '0', max: String(SEED_MAX), step: '1', inputmode: 'numeric', 'aria-label': t('run.seed'),
    title: t('run.seed_tip'), onchange: onSeed,
  });
  const clock = el('span', { class: 'clock', title: t('run.clock_tip') });
  const facts = el('span', { class: 'muted small number run-facts' });
  const bar = el('div', {});
  const progress = el('div', { class: 'progress run-progress', role: 'progressbar', 'aria-label': t('run.progress'), 'aria-valuemin': '0', 'aria-valuemax': '100' }, bar);
  const element = el('div', { class: 'run-bar', role: 'toolbar', 'aria-label': t('run.bar') },
    el('div', { class: 'button-group' }, play, step, rewind), speed,
    el('label', { class: 'run-seed muted small' }, t('run.seed'), seed), el('span', { class: 'run-clock' }, clock, facts), progress);

  let told_ms = -Infinity;
  let shown = ''; // on the button: a number that is turned changes the document with every frame

  function onSeed() {
    const value = Number(seed.value);
    const isFine = seed.value !== '' && Number.isInteger(value) && value >= 0 && value <= SEED_MAX;
    seed.setAttribute('aria-invalid', String(!isFine));
    if (isFine) run.setSeed(value);
    else app.notify(t('run.seed_wrong'), { kind: 'error' });
  }

  function update() {
    const isRunning = run.state === 'running';
    const title = isRunning ? 'run.pause' : run.state === 'paused' && !run.isStale ? 'run.resume' : run.state === 'paused' && run.canContinue ? 'run.continue' : run.state === 'idle' ? 'run.start' : 'run.again';
    if (title !== shown) fill(play, icon(isRunning ? 'pause' : 'run'), el('span', { class: 'run-play-text' }, t(title)));
    shown = title;
    const key = t('key.space');
    const tip = t(title === 'run.continue' ? 'run.continue_tip' : title);
    play.title = `${tip} (${key})`;
    if (speed.value !== String(run.speed)) speed.value = String(run.speed);
    if (document.activeElement !== seed) seed.value = String(run.seed);
    rewind.disabled = run.state === 'idle';
    if (element.dataset['state'] !== run.state) told_ms = -Infinity;
    element.dataset['state'] = run.state;
    showTime();
  }

  function showTime() {
    const share = run.duration_s > 0 ? Math.min(1, run.time_s / run.duration_s) : 0;
    // Each is a layout: none for what says the same.
    const time = quantity(clockText(run.time_s));
    if (clock.textContent !== time) clock.textContent = time;
    const now = performance.now();
    if (run.state === 'running' && now - told_ms < FACTS_MS) return;
    told_ms = now;
    bar.style.width = `${share * 100}%`;
    progress.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    fill(facts, ...factsOf(share));
    facts.title = facts.textContent ?? '';
  }

  /** @param {number} share */
  function factsOf(share) {
    if (run.state === 'idle' || run.duration_s === 0) return [];
    const whole = t('run.of', { duration: duration(run.duration_s) });
    if (run.state === 'done') return [whole, ' · ', t('run.events', { events: count(run.events) })];
    if (run.state !== 'running' || run.events_per_s === 0) return [whole];
    // The time left follows from the share done and the pace of events, not from the clock alone.
    const events_left = share > 0 ? (run.events / share) * (1 - share) : 0;
    const left_s = run.speed === 'max' ? events_left / run.events_per_s : (run.duration_s - run.time_s) / run.speed;
    return [whole, ' · ', t('run.left', { left: duration(left_s) }), ' · ', t('run.rate', { rate: count(run.events_per_s) })];
  }

  const stops = [
    ...['run-state', 'settings', 'document', 'catalog'].map((name) => app.signals.on(name, update)),
    app.signals.on('frame', showTime),
    app.signals.on('results', showTime),
  ];
  update();
  return { element, update, dispose: () => stops.forEach((stop) => stop()) };
}

/** @param {number} time_s */
function clockText(time_s) {
  const digits = time_s < 10 ? 3 : time_s < 600 ? 1 : 0;
  return time_s < 600 ? `${time_s.toFixed(digits)} s`
    : `${Math.floor(time_s / 60)}:${String(Math.floor(time_s % 60)).padStart(2, '0')} min`;
}

/** @param {import('../types.js').App} app */
function addActions({ actions, run }) {
  actions.add({ name: 'run', title: 'run.start_or_pause', key: ' ', run: () => void (run.state === 'running' ? run.pause() : run.start()) });
  actions.add({ name: 'step', title: 'run.step', key: '.', run: () => void run.step(1) });
  actions.add({ name: 'rewind', title: 'run.rewind', key: 'Home', run: () => void run.rewind(), enabled: () => run.state !== 'idle' });
}
