// No word of the page is outside its tables, and there is room for longer ones; Arabic runs from right to left, and what has a
// direction of its own keeps it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, runToEnd, start } from './browser.mjs';
import { OWN, walk } from './states.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => { site = await start(); });
after(() => site?.stop());

/**
 * What can be read or heard on the page, with where it is. What is declared as no words of the page's is left out: `translate="no"`
 * (what stands in documents and files), a language of its own (examples) and moments, which the browser puts into words.
 */
const readable = (/** @type {any} */ page) => page.evaluate(() => {
  const DECLARED = '[translate="no"], [lang]:not(html), time, canvas, script, style, noscript, kbd';
  const NAMES = ['aria-label', 'title', 'placeholder', 'aria-description', 'aria-valuetext', 'alt'];
  /** @type {{ text: string, where: string }[]} */
  const found = [{ text: document.title, where: 'title' }];
  const nameOf = (/** @type {Element} */ element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`;
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest(DECLARED) || !element.checkVisibility({ visibilityProperty: true })) continue;
    for (const name of NAMES) {
      const text = element.getAttribute(name);
      // What is typed into a field has no words of the page's.
      if (text && !(name === 'aria-valuetext' && element.getAttribute('role') === 'spinbutton')) found.push({ text, where: `${nameOf(element)}[${name}]` });
    }
    const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ textContent }) => textContent).join('').trim();
    if (own !== '') found.push({ text: own, where: nameOf(element) });
  }
  return found;
});

const UNITS = /^(?:ns|µs|ms|s|min|h|k|M|G|p\d+|x|y)$/;
const KEYS = /^(?:Ctrl|Shift|Alt|Enter|Escape|Delete|Home|End|F\d+|[A-Z])$/;

/** What is left of a text without what the tables gave, the design's own names, numbers with units and keys. @param {string} text */
function strangeWords(text) {
  let rest = text;
  for (let before = ''; before !== rest;) [before, rest] = [rest, rest.replace(/⟦[^⟦⟧]*⟧/g, ' ')]; // tables may hold tables
  // The path of a number in the results, as a target has it.
  rest = rest.replace(/\b(?:nodes|edges)\.zz[^\s"]*/g, ' ');
  return rest.replace(new RegExp(`${OWN}[\\w-]*`, 'g'), ' ').split(/[^\p{L}\p{N}]+/u)
    .filter((word) => /\p{L}/u.test(word) && !UNITS.test(word) && !KEYS.test(word) && !/^[\d.]+(?:[a-zµ]{1,3})?$/.test(word));
}

/** Texts of the tables that are cut off, by what contains them or by the window. */
const cutOff = (/** @type {any} */ page) => page.evaluate(() => {
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
  return [...new Set(found)];
});

for (const [name, options] of Object.entries({ wide: {}, phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } })) {
  test(`every word is in the tables and has room, in every state, ${name}`, async () => {
    const { page, context, expectQuiet } = await openPage(site, { path: '?language=pseudo', ...options });
    /** @type {Map<string, string>} */
    const problems = new Map();
    const states = [];
    await walk(page, async (state) => {
      states.push(state);
      for (const { text, where } of await readable(page)) {
        const strange = strangeWords(text);
        if (strange.length > 0) problems.set(`${where}: ${strange.join(' ')}`, `${state}: "${text.slice(0, 100)}"`);
      }
      for (const one of await cutOff(page)) problems.set(`cut off: ${one}`, state);
    }, { types: name === 'wide' });
    assert.deepEqual([...problems].map(([what, where]) => `${what} (${where})`), []);
    assert.ok(states.length > 30, `${states.length} states`);
    expectQuiet();
    await context.close();
  });
}
