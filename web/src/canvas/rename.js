/// The field that opens over a card's name.

import { el } from '../dom.js';
import { toScreen } from './camera.js';

/**
 * @param {import('../types.js').App} app @param {HTMLElement} parent
 * @param {{ name: string, x: number, y: number, width: number }} node where its name stands, world
 * @param {import('./camera.js').Camera} camera
 * @param {(name: string) => void} done called with the new name; not when given up
 * @param {() => void} closed
 * @returns {() => void} closes it, keeping what was typed
 */
export function openRename(app, parent, node, camera, done, closed) {
  const [x, y] = toScreen(camera, node.x, node.y);
  const width = Math.max(120, node.width * camera.zoom);
  const input = el('input', {
    class: 'input canvas-rename',
    value: node.name,
    'aria-label': app.t('canvas.rename_label'),
    maxlength: '120',
    spellcheck: 'false',
    style: { left: `${x}px`, top: `${y}px`, width: `${width}px` },
  });
  let open = true;
  /** @param {boolean} keep */
  function close(keep) {
    if (!open) return;
    open = false;
    const name = input.value.trim();
    input.remove();
    if (keep && name !== '' && name !== node.name) done(name);
    closed();
  }
  input.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Enter') close(true);
    else if (event.key === 'Escape') close(false);
    else return;
    event.preventDefault();
  });
  input.addEventListener('blur', () => close(true));
  parent.append(input);
  input.focus();
  input.select();
  return () => close(true);
}
