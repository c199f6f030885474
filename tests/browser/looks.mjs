// What a state of the page is looked at for: room for its words, and size of what is pressed.

/** Texts of the tables that are cut off, by what contains them or by the window; what stands outside of the window. */
export const cutOff = (/** @type {any} */ page) => page.evaluate(() => {
  /** @type {string[]} */
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = /** @type {HTMLElement} */ (node.parentElement);
    const text = node.textContent?.trim() ?? '';
    if (!text.includes('⟦') || !element.checkVisibility({ visibilityProperty: true }) || element.closest('.visually-hidden, .skip-link, option, [lang]:not(html)')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { left, right, top, bottom } = range.getBoundingClientRect();
    for (let at = /** @type {HTMLElement | null} */ (element); at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) break; // it can be scrolled to
      if (style.clipPath !== 'none') break; // heard, not seen
      if (style.overflowX === 'visible') continue;
      const box = at.getBoundingClientRect();
      // A name that is cut with an ellipsis can be read in full in its tip.
      if (style.textOverflow === 'ellipsis' && at.closest('[title]')) break;
      if (left < box.left - 1 || right > box.right + 1 || top < box.top - 2 || bottom > box.bottom + 2) {
        found.push(`${at.className}: "${text}"`);
        break;
      }
    }
  }
  for (const one of document.querySelectorAll('button, input, select, .clock')) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest('.skip-link')) continue;
    let at = one.parentElement;
    while (at && !/auto|scroll/.test(getComputedStyle(at).overflowX)) at = at.parentElement;
    const { left, right, width } = one.getBoundingClientRect();
    if (!at && width > 0 && (left < -1 || right > innerWidth + 1)) found.push(`outside the window: ${one.className} ${one.textContent}`);
  }
  return [...new Set(found)];
});

/** What is pressed and is smaller than it may be. @param {any} page @param {number} least px */
export const smallTargets = (page, least) => page.evaluate((/** @type {number} */ min) => [...document.querySelectorAll(
  'button, a[href], input, select, textarea, summary, [role="option"], [role="tab"], [role="slider"], [role="spinbutton"], [role^="menuitem"]')]
  // The drawing's items are as large as the view shows them; the pointer presses the drawing, with slack.
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.canvas-plane, .canvas-notes, .skip-link') && !one.matches(':disabled'))
  .map((one) => ({ one, box: (one.matches('.checkbox') ? one.closest('label, .property-control') ?? one : one).getBoundingClientRect() }))
  .filter(({ box }) => box.width > 0 && (box.width < min - 0.5 || box.height < min - 0.5))
  .map(({ one, box }) => `${one.tagName.toLowerCase()}.${one.className} ${Math.round(box.width)} × ${Math.round(box.height)}`), least);
