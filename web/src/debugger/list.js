import { duration } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { icon } from '../icons/icon.js';
import { KINDS, fateOf, filtered, isFailed, isSeen } from './journal.js';
import { moment, named } from './words.js';

/** @typedef {import('./journal.js').Input} Input */
/** @typedef {import('./journal.js').Message} Message */

const ROWS_MAX = 200; // more are not read, and cost layout
const REST_MS = 150; // a view that moves is listed when it rests

/**
 * The stretch as lists: every input and every message that is seen, to be filtered and walked with the arrow keys.
 * @param {import('../types.js').App} app @param {import('./session.js').Session} session @param {ReturnType<typeof import('./words.js').createWords>} words
 */
export function createList(app, session, words) {
  const { t } = app;
  let isOfMessages = false;
  const node = el('select', { class: 'input', 'aria-label': t('debugger.filter_node'), onchange: update });
  const kind = el('select', { class: 'input', 'aria-label': t('debugger.filter_kind'), onchange: update },
    el('option', { value: '' }, t('debugger.all_kinds')), KINDS.map((one) => el('option', { value: one }, t(`debugger.kind_${one}`))));
  const failed = el('input', { class: 'checkbox', type: 'checkbox', onchange: update });
  const text = el('input', { class: 'input', type: 'search', 'aria-label': t('debugger.filter_text'), placeholder: t('debugger.filter_text'), oninput: update });
  const failedField = el('label', { class: 'debugger-check' }, failed, t('debugger.filter_failed'));
  const sum = el('p', { class: 'muted small debugger-sum' });
  const list = el('ol', { class: 'debugger-rows', onkeydown: onKey });
  const tabs = [false, true].map((isMessages) => el('button', {
    class: 'button', type: 'button', 'aria-pressed': String(isMessages === isOfMessages), onclick: () => {
      isOfMessages = isMessages;
      tabs.forEach((tab, index) => tab.setAttribute('aria-pressed', String((index === 1) === isOfMessages)));
      update();
    },
  }, t(isMessages ? 'debugger.messages' : 'debugger.inputs')));
  const element = el('section', { class: 'debugger-list', 'aria-label': t('debugger.inputs') },
    el('div', { class: 'button-group', role: 'group', 'aria-label': t('debugger.list_of') }, tabs),
    el('div', { class: 'debugger-filters' }, node, kind, text, failedField), sum, list);

  let nodesKey = '';
  function showNodes() {
    const ids = [...new Set(session.lanes.map((lane) => lane.node))];
    const key = ids.join();
    if (key === nodesKey) return;
    nodesKey = key;
    const chosen = node.value;
    const { nodes } = session.designAt(session.view.from_ns);
    fill(node, el('option', { value: '' }, t('debugger.all_nodes')), ...ids.map((id) => el('option', { value: id }, nodes[id]?.name ?? id)));
    node.value = ids.includes(chosen) ? chosen : '';
  }

  /** The rows around the one that is picked. @template T @param {readonly T[]} all @param {number} at @returns {readonly T[]} */
  const around = (all, at) => {
    const from = Math.max(0, Math.min(at - ROWS_MAX / 2, all.length - ROWS_MAX));
    return all.slice(from, from + ROWS_MAX);
  };

  /** @type {HTMLButtonElement[]} */
  let rows = [];
  function update() {
    showNodes();
    const { journal, view, picked } = session;
    for (const one of [kind, failedField]) one.hidden = isOfMessages;
    if (isOfMessages) showMessages(journal.messages.filter((one) => isSeen(view, one.sent_ns, one.arrived_ns ?? one.sent_ns)));
    else {
      const found = filtered(journal.inputs.filter((one) => isSeen(view, one.at_ns, one.done_ns)), { node: node.value, kind: kind.value, isFailed: failed.checked, text: text.value });
      const at = found.findIndex(({ n }) => n === picked?.n);
      const shown = around(found, at);
      say('debugger.shown_inputs', shown.length, found.length);
      rows = shown.map(inputRow);
      show(shown.findIndex(({ n }) => n === picked?.n));
    }
  }

  /** @param {readonly Message[]} seen */
  function showMessages(seen) {
    const wanted = text.value.toLowerCase();
    const found = seen.filter((one) => (node.value === '' || one.from === node.value || one.to === node.value) && words.message(one).toLowerCase().includes(wanted));
    const shown = found.slice(0, ROWS_MAX);
    say('debugger.shown_messages', shown.length, found.length);
    rows = shown.map(messageRow);
    show(-1);
  }

  /** @param {string} key @param {number} shown @param {number} n */
  function say(key, shown, n) {
    const said = shown < n ? t('debugger.shown_part', { shown, n }) : t(key, { n });
    if (sum.textContent !== said) sum.textContent = said;
  }

  /** @param {number} current */
  function show(current) {
    const hadFocus = list.contains(document.activeElement);
    rows.forEach((row, index) => {
      row.tabIndex = index === Math.max(0, current) ? 0 : -1;
      row.setAttribute('aria-current', String(index === current));
    });
    fill(list, ...rows.map((row) => el('li', {}, row)));
    const row = rows[Math.max(0, current)];
    if (hadFocus) row?.focus({ preventScroll: true });
    if (current >= 0 && row) list.scrollTop = Math.max(0, row.offsetTop - list.offsetTop - list.clientHeight / 2);
  }

  /** @param {Input} input */
  function inputRow(input) {
    const from = input.from && t('debugger.from', { from: session.designAt(input.at_ns).nodes[input.from]?.name ?? input.from });
    // That it is a message is clear from its sender.
    const what = input.kind === 'message' && from ? named(input.operation) : words.kind(input);
    return el('button', { class: 'debugger-row', type: 'button', title: words.input(input), dataset: { n: input.n }, onclick: () => void session.pick(input) },
      el('span', { class: 'number small' }, moment(input.at_ns)), el('strong', { class: 'truncate' }, words.place(input.node, input.replica)),
      el('span', { class: 'truncate' }, [what, from].filter(Boolean).join(' '), input.body && [' ', el('code', { class: 'muted', translate: 'no', dir: 'ltr' }, input.body)]), isFailed(input) && el('span', { class: 'bad debugger-row-end' }, icon('cross'), el('span', { translate: 'no' }, input.outcome === 'ok' ? '' : input.outcome)));
  }

  /** @param {Message} message */
  function messageRow(message) {
    const n = message.to_input ?? message.cause;
    const fate = fateOf(message);
    return el('button', { class: 'debugger-row', type: 'button', title: words.message(message), 'aria-disabled': typeof n === 'number' ? null : 'true', onclick: () => { if (typeof n === 'number') void session.go(n); } },
      el('span', { class: 'number small' }, moment(message.sent_ns)),
      el('strong', { class: 'truncate debugger-way' }, words.place(message.from, message.from_replica), el('span', { class: 'debugger-to', 'aria-hidden': 'true' }, icon('chevron')), words.place(message.to, message.to_replica)),
      el('span', { class: 'truncate' }, [t(`debugger.message_${message.kind}`), named(message.operation), message.arrived_ns ? duration((message.arrived_ns - message.sent_ns) / 1e9) : ''].filter(Boolean).join(' ')),
      fate !== 'fine' && el('span', { class: `debugger-row-end ${fate === 'duplicate' ? 'warm' : 'bad'}` }, icon(fate === 'duplicate' ? 'duplicate' : 'cross'), t(fate === 'refused' ? `waterfall.end_${message.end}` : `debugger.legend_${fate}`)));
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const at = rows.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    rows[at]?.setAttribute('tabindex', '-1');
    const row = rows[Math.min(rows.length - 1, Math.max(0, to))];
    row?.setAttribute('tabindex', '0');
    row?.focus();
  }

  let isQueued = false;
  const soon = () => {
    if (isQueued) return;
    isQueued = true;
    requestAnimationFrame(() => { isQueued = false; update(); });
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const atRest = () => {
    clearTimeout(timer);
    timer = setTimeout(soon, REST_MS);
  };
  const stops = [session.on('journal', soon), session.on('pick', soon), session.on('view', atRest)];
  return {
    element,
    dispose() {
      clearTimeout(timer);
      stops.forEach((stop) => stop());
    },
  };
}
