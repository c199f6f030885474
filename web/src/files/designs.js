import { parseDesign } from '../document/document.js';
import { el, fill } from '../dom.js';
import { drawingOf } from '../history/drawing.js';
import { whenText } from '../history/when.js';
import { icon } from '../icons/icon.js';
import { showDialog } from './dialog.js';
import { deletedBefore, markDeleted, renameKept } from './kept.js';

const GONE_MS = 600_000; // what was deleted in a list that is still open somewhere can be brought back there

/** @typedef {import('../types.js').DesignFacts} DesignFacts */

/**
 * The designs that this browser keeps: open, duplicate, rename, delete and bring back.
 * @param {import('../types.js').App} app
 * @param {{ openKept: (id: string) => Promise<boolean>, create: () => Promise<void> }} files
 */
export async function showDesigns(app, { openKept, create }) {
  const { t, shelf } = app;
  await shelf.erase(await deletedBefore(Date.now() - GONE_MS));
  let all = await shelf.list();
  /** @type {Map<string, DesignFacts>} deleted here, and where they were */
  const deleted = new Map();
  /** @type {Map<string, Element>} */
  const pictures = new Map();
  let renaming = '';
  const list = el('ul', { class: 'designs' });
  const note = el('p', { class: 'designs-note small' });
  const voice = el('p', { class: 'visually-hidden', role: 'status' }); // the page's own is out of reach behind a dialog
  const filter = el('input', { class: 'input', type: 'search', placeholder: t('designs.filter'), 'aria-label': t('designs.filter'), oninput: update });
  const { close, element } = showDialog(app, {
    title: t('designs.heading'), isWide: true,
    body: [el('div', { class: 'designs-head' }, filter,
      el('button', { class: 'button', type: 'button', onclick: async () => { close(); await create(); } }, icon('plus'), t('designs.new'))), note, voice, list],
  });
  element.addEventListener('close', () => void shelf.erase([...deleted.keys()]).catch(() => {}));

  /** @param {DesignFacts} facts */
  function pictureOf({ id }) {
    const known = pictures.get(id);
    if (known) return known;
    const frame = el('span', { class: 'designs-picture' });
    pictures.set(id, frame);
    shelf.read(id).then((kept) => {
      const design = kept && parseDesign(kept.text);
      if (design) fill(frame, drawingOf(app, design, { isNamed: false }));
    }, () => {});
    return frame;
  }

  /** @param {DesignFacts} facts */
  async function open({ id }) {
    close();
    if (!(await openKept(id))) app.notify(t('shelf.damaged'), { kind: 'error' });
  }

  /** @param {DesignFacts} facts */
  async function duplicate({ id, file }) {
    const kept = await shelf.read(id);
    const design = kept && parseDesign(kept.text);
    if (!design) return say(t('shelf.damaged'));
    await shelf.add(JSON.stringify({ ...design, name: t('designs.copy_name', { name: design.name ?? file }) }), file);
    await reload();
    list.querySelector('button')?.focus();
  }

  /** @param {DesignFacts} facts @param {string} name */
  async function rename({ id, name: old }, name) {
    renaming = '';
    if (name !== '' && name !== old) {
      if (id === shelf.id) app.document.execute(app.commands.setValue('/name', name));
      else if (!(await renameKept(id, name))) say(t('designs.elsewhere', { name: old }));
    }
    await reload();
    focusOn(id, '.designs-rename');
  }

  /** @param {DesignFacts} facts */
  async function remove(facts) {
    const { id, name } = facts;
    if (id === shelf.id) {
      const next = all.find((one) => one.id !== id && !deleted.has(one.id));
      if (!next || !(await openKept(next.id))) await create();
      await shelf.keep(); // and this tab has let go of it
    }
    if (!(await markDeleted(id, true))) return say(t('designs.elsewhere', { name }));
    deleted.set(id, facts);
    update();
    voice.textContent = t('designs.deleted', { name });
    focusOn(id, 'button');
  }

  /** @param {DesignFacts} facts */
  async function bringBack({ id }) {
    await markDeleted(id, false);
    deleted.delete(id);
    await reload();
    focusOn(id, 'button');
  }

  /** @param {string} id @param {string} selector */
  const focusOn = (id, selector) => /** @type {HTMLElement | null} */ (list.querySelector(`[data-design="${id}"] ${selector}`))?.focus();
  /** @param {string} text */
  function say(text) {
    note.textContent = text;
    voice.textContent = text;
  }

  async function reload() {
    const kept = await shelf.list();
    all = [...kept, ...deleted.values()].sort((a, b) => b.changed_ms - a.changed_ms);
    for (const { id } of all) if (id === shelf.id) pictures.delete(id);
    update();
  }

  /** @param {'duplicate' | 'edit' | 'trash'} shape @param {string} name @param {string} title @param {() => unknown} run */
  const tool = (shape, name, title, run) => el('button', {
    class: `button quiet icon-only designs-${name}`, type: 'button', title, 'aria-label': title, onclick: () => { say(''); void run(); },
  }, icon(shape));

  /** @param {DesignFacts} facts */
  function row(facts) {
    const { id, name, nodes, changed_ms, isSaved } = facts;
    if (deleted.has(id)) {
      return el('li', { class: 'designs-row', dataset: { design: id } }, el('span', { class: 'muted designs-words' }, t('designs.deleted', { name })),
        el('button', { class: 'button', type: 'button', 'aria-label': t('designs.undo', { name }), onclick: () => void bringBack(facts) }, icon('undo'), t('designs.bring_back')));
    }
    const isOpen = id === shelf.id;
    const words = { nodes: t('gallery.nodes', { n: nodes }), when: whenText(changed_ms) };
    return el('li', { class: 'designs-row', dataset: { design: id } },
      renaming === id ? nameField(facts) : el('button', {
        class: 'designs-open', type: 'button', 'aria-current': isOpen ? 'true' : null, onclick: () => void open(facts),
      }, pictureOf(facts), el('span', { class: 'designs-words' },
        el('strong', { class: 'truncate' }, name), el('span', { class: 'muted small' }, t('designs.facts', words)),
        el('span', { class: 'designs-chips' }, isOpen && el('span', { class: 'chip' }, icon('check'), t('designs.open_now')),
          !isSaved && el('span', { class: 'chip' }, t('frame.unsaved'))))),
      el('span', { class: 'designs-tools' },
        tool('duplicate', 'duplicate', t('designs.duplicate', { name }), () => duplicate(facts)),
        tool('edit', 'rename', t('designs.rename', { name }), () => { renaming = id; update(); }),
        tool('trash', 'delete', t('designs.delete', { name }), () => remove(facts))));
  }

  /** @param {DesignFacts} facts */
  function nameField(facts) {
    let isDone = false;
    const end = (/** @type {string} */ name) => {
      if (isDone) return;
      isDone = true;
      void rename(facts, name.trim());
    };
    const field = el('input', {
      class: 'input designs-name', value: facts.name, 'aria-label': t('designs.new_name', { name: facts.name }), maxlength: '200',
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === 'Enter') end(field.value);
        else if (event.key === 'Escape') end('');
        else return;
        event.preventDefault(); // Escape leaves the field, not the list
      },
      onblur: () => end(field.value),
    });
    queueMicrotask(() => field.select());
    return field;
  }

  function update() {
    const wanted = filter.value.trim().toLowerCase();
    const shown = all.filter(({ id, name, isExample }) => (!isExample || id === shelf.id) && name.toLowerCase().includes(wanted));
    fill(list, ...shown.map(row));
    if (shown.length === 0) fill(list, el('li', { class: 'empty' }, t(wanted === '' ? 'designs.none' : 'designs.no_match')));
  }
  update();
  if (matchMedia('(pointer: fine)').matches) filter.focus(); // a finger would bring the keyboard up
}
