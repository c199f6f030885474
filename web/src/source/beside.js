import { el } from '../dom.js';
import { createSource } from './source.js';

const SHARE_MIN = 20; // per cent of the middle
const SHARE_MAX = 80;
const SHARE = 42;
const STEP = 2;

/**
 * The place beside the drawing where the text is, with the line between the two that can be dragged, or moved by arrow keys.
 * @param {import('../types.js').App} app
 * @param {HTMLElement} middle of the frame
 */
export function createBeside(app, middle) {
  const { t } = app;
  /** @type {ReturnType<typeof createSource> | null} */
  let source = null;
  const splitter = el('div', {
    class: 'source-splitter', role: 'separator', tabindex: '0', 'aria-orientation': 'vertical', 'aria-label': t('source.width'),
    'aria-valuemin': String(SHARE_MIN), 'aria-valuemax': String(SHARE_MAX), onpointerdown: onDown, onkeydown: onKey,
  });
  const home = el('div', { class: 'source-home' }, splitter);
  const isRtl = () => getComputedStyle(middle).direction === 'rtl';

  /** @param {number} share */
  function size(share) {
    const next = Math.round(Math.min(SHARE_MAX, Math.max(SHARE_MIN, share)));
    middle.style.setProperty('--source-width', `${next}%`);
    splitter.setAttribute('aria-valuenow', String(next));
    app.settings.set('source.share', next);
  }

  /** @param {PointerEvent} event */
  function onDown(event) {
    splitter.setPointerCapture(event.pointerId);
    const move = (/** @type {PointerEvent} */ at) => {
      const { left, right, width } = middle.getBoundingClientRect();
      size(((isRtl() ? at.clientX - left : right - at.clientX) / width) * 100);
    };
    splitter.addEventListener('pointermove', move);
    splitter.addEventListener('lostpointercapture', () => splitter.removeEventListener('pointermove', move), { once: true });
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const move = event.key === 'ArrowLeft' ? 1 : event.key === 'ArrowRight' ? -1 : 0;
    if (move === 0) return;
    event.preventDefault();
    size(Number(splitter.getAttribute('aria-valuenow')) + STEP * (isRtl() ? -move : move));
  }

  function close() {
    source?.dispose();
    source = null;
    home.remove();
    delete middle.dataset['source'];
    app.settings.set('source.open', false);
    app.actions.perform('focus-canvas');
  }

  function open() {
    size(app.settings.get('source.share') ?? SHARE);
    middle.append(home);
    middle.dataset['source'] = 'open';
    source = createSource(app, { onClose: close });
    home.append(source.element);
    app.settings.set('source.open', true);
    return source;
  }

  return {
    toggle() {
      if (source) close();
      else open().focus();
    },
    open: () => { if (!source) open(); },
  };
}
