/// The tokens as the canvas needs them: resolved colours. Read again when the theme changes.

import { el } from '../dom.js';

/**
 * @typedef {object} Theme
 * @property {string} ground @property {string} surface @property {string} sunken
 * @property {string} line @property {string} lineStrong @property {string} ink
 * @property {string} muted @property {string} accent @property {string} accentWash
 * @property {string} cool @property {string} warm @property {string} hot @property {string} error
 * @property {string} onAccent @property {string} font @property {boolean} still no motion wanted
 * @property {string} key names the theme, for caches
 */

/**
 * @param {HTMLElement} element in the document, so that the tokens apply
 * @returns {Theme}
 */
export function readTheme(element) {
  const probe = el('span', { hidden: true, class: 'theme-probe' });
  element.append(probe);
  const style = getComputedStyle(probe);
  /** @param {string} token */
  const colour = (token) => {
    probe.style.color = `var(--${token})`;
    return style.color;
  };
  const theme = {
    ground: colour('ground'),
    surface: colour('surface'),
    sunken: colour('sunken'),
    line: colour('line'),
    lineStrong: colour('line-strong'),
    ink: colour('ink'),
    muted: colour('muted'),
    accent: colour('accent'),
    accentWash: colour('accent-wash'),
    cool: colour('cool'),
    warm: colour('warm'),
    hot: colour('hot'),
    error: colour('error'),
    onAccent: colour('on-accent'),
    font: getComputedStyle(element).getPropertyValue('--font').trim() || 'sans-serif',
    still: matchMedia('(prefers-reduced-motion: reduce)').matches,
    key: '',
  };
  theme.key = `${theme.ground} ${theme.ink} ${theme.accent}`;
  probe.remove();
  return theme;
}

/**
 * Without the colours of load: for numbers of a run that is older than the design.
 * @param {Theme} theme
 * @returns {Theme}
 */
export function paleTheme(theme) {
  return { ...theme, cool: theme.muted, warm: theme.muted, hot: theme.muted, key: `${theme.key} pale` };
}
