// Notes on the drawing are what nodes are to a hand: selected, moved, copied and taken away with them, each as one step.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { drop, downloadOf, objections, openPage, start } from './browser.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => { site = await start(); });
after(() => site?.stop());

/** A zone with a note in it, one note outside, and room around everything. */
const PLAIN = {
  format: 'scalesim/1', name: 'Annotated',
  nodes: {
    web: { type: 'client', load: { rate: '50/s' } },
    a: { type: 'service', replicas: 2, zone: 'east' }, b: { type: 'service', zone: 'east' }, c: { type: 'service' },
  },
  edges: [{ from: 'web', to: 'a' }, { from: 'web', to: 'b' }, { from: 'b', to: 'c' }],
  notes: [{ text: 'Between the two', at: [320, 160] }, { text: 'Slow since May.\nWhy?', at: [640, 0], tint: 'kept' }],
  layout: { web: [0, 160], a: [320, 0], b: [344, 320], c: [720, 320] },
  run: { duration: '30s', warmup: '1s', seed: 1 },
};

const settle = (page) => page.waitForTimeout(350);
const node = (page, id) => page.locator(`[data-node="${id}"]`);
const note = (page, index) => page.locator(`[data-note="${index}"]`);

async function openDesign(design = PLAIN, options = {}) {
  const opened = await openPage(site, options);
  await drop(opened.page, 'mine.scalesim.json', JSON.stringify(design));
  await opened.page.locator('.header-name', { hasText: design.name }).waitFor();
  await settle(opened.page);
  return opened;
}

async function middle(page, item) {
  const box = await item.boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

async function drag(page, from, to) {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 6 });
  await page.mouse.up();
  await settle(page);
}

/** The document as it would be saved. */
async function savedText(page) {
  await page.evaluate(() => { delete window.showSaveFilePicker; }); // the way of browsers without it
  return (await downloadOf(page, () => page.keyboard.press('Control+s'))).toString();
}
const saved = async (page) => JSON.parse(await savedText(page));

/** What a screen reader hears as selected. */
const selected = (page) => page.locator('.canvas-plane [aria-selected="true"]').evaluateAll((items) => items.map(({ dataset }) => dataset.node ?? `${dataset.edge === undefined ? 'note' : 'edge'} ${dataset.note ?? dataset.edge}`).sort());

/** How far each has been moved. */
const moves = (before, after) => ({
  ...Object.fromEntries(Object.keys(before.layout).map((id) => [id, after.layout[id].map((at, i) => at - before.layout[id][i])])),
  notes: before.notes.map(({ at }, i) => after.notes[i].at.map((now, k) => now - at[k])),
});

/** What is copied. */
const copied = (page) => page.evaluate(() => {
  const data = new DataTransfer();
  document.activeElement.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
  return data.getData('text/plain');
});

const paste = (page, text) => page.evaluate((content) => {
  const data = new DataTransfer();
  data.setData('text/plain', content);
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}, text);

test('a note is written, moved, read aloud, kept in the document, and taken away', async () => {
  const { page, context, expectQuiet } = await openDesign({ ...PLAIN, notes: undefined });
  await page.mouse.move(2, 2);
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.locator('.note-area').waitFor();
  await page.keyboard.type('Why is this slow?');
  assert.deepEqual(await objections(page), [], 'while it is written');
  await page.keyboard.press('Control+Enter');
  const written = page.getByRole('option', { name: 'Note: Why is this slow?' });
  await written.waitFor({ state: 'attached' });
  assert.deepEqual(await selected(page), ['note 0'], 'what was written is selected');
  const [{ text, at, ...rest }] = (await saved(page)).notes;
  assert.deepEqual([text, rest], ['Why is this slow?', {}]);
  const [x, y] = await middle(page, written);
  await drag(page, [x, y], [x + 80, y + 50]);
  const [moved] = (await saved(page)).notes;
  assert.ok(moved.at[0] > at[0] && moved.at[1] > at[1], `${moved.at} after ${at}`);
  await written.focus();
  await page.keyboard.press('Shift+ArrowRight');
  assert.equal((await saved(page)).notes[0].at[0], moved.at[0] + 8);
  await written.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Because of the disk.');
  await page.keyboard.press('Escape');
  const second = page.getByRole('option', { name: /disk/ });
  await second.waitFor({ state: 'attached' });
  assert.ok(await second.evaluate((item) => item === document.activeElement), 'who wrote by keyboard is at the note');
  assert.deepEqual(await objections(page), []);
  await page.keyboard.press('Delete');
  assert.equal((await saved(page)).notes, undefined);
  await page.keyboard.press('Control+z');
  await second.waitFor({ state: 'attached' });
  expectQuiet();
  await context.close();
});

test('by mouse: clicked, added with Shift, dragged together as it is seen, undone to the same bytes', async () => {
  const { page, context, expectQuiet } = await openDesign();
  const before = await saved(page);
  const bytes = await savedText(page);
  await page.mouse.click(...await middle(page, note(page, 1)));
  assert.deepEqual(await selected(page), ['note 1']);
  assert.equal(await page.locator('.note[data-selected]').count(), 1);
  assert.equal(await page.locator('.frame-inspector').getByLabel('Text of the note').inputValue(), PLAIN.notes[1].text);
  await page.keyboard.down('Shift');
  await page.mouse.click(...await middle(page, node(page, 'c')));
  await page.mouse.click(...await middle(page, note(page, 0)));
  await page.keyboard.up('Shift');
  assert.deepEqual(await selected(page), ['c', 'note 0', 'note 1']);
  assert.match(await page.locator('.inspector-head').textContent(), /^1 node · 2 notes$/);
  // Taken by the card, and by a note: all of them go, while the pointer goes.
  for (const taken of [node(page, 'c'), note(page, 0)]) {
    const [x, y] = await middle(page, taken);
    const card = page.locator('.note').nth(1);
    const seen = await card.boundingBox();
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 48, y + 64, { steps: 4 });
    const shown = await card.boundingBox();
    assert.ok(Math.abs(shown.x - seen.x - 48) < 8 && Math.abs(shown.y - seen.y - 64) < 8, 'it goes with the pointer');
    await page.mouse.up();
    await settle(page);
    const moved = moves(before, await saved(page));
    assert.ok(moved.c[0] > 0 && moved.c[1] > 0, `${moved.c}`);
    assert.deepEqual([moved.notes[0], moved.notes[1], moved.web, moved.b], [moved.c, moved.c, [0, 0], [0, 0]]);
    await page.keyboard.press('Control+z');
    await settle(page);
    assert.equal(await savedText(page), bytes, 'one step');
  }
  // Escape gives a drag up.
  const [x, y] = await middle(page, note(page, 1));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 60, { steps: 3 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await settle(page);
  assert.equal(await savedText(page), bytes);
  const [nx, ny] = await middle(page, page.locator('.note').nth(1));
  assert.ok(Math.abs(nx - x) < 1 && Math.abs(ny - y) < 1, 'it is seen where it is');
  expectQuiet();
  await context.close();
});

test('a frame and Ctrl+A take notes with the rest; Delete takes all of it away, as one step', async () => {
  const { page, context, expectQuiet } = await openDesign({ ...PLAIN, layout: undefined, notes: [{ text: 'Off', at: [-400, -300] }, PLAIN.notes[1]] });
  const bytes = await savedText(page);
  await page.keyboard.press('g');
  await page.keyboard.press('Control+a');
  assert.deepEqual(await selected(page), ['a', 'b', 'c', 'edge 0', 'edge 1', 'edge 2', 'note 0', 'note 1', 'web']);
  await page.keyboard.press('Escape');
  assert.deepEqual(await selected(page), []);
  const box = await note(page, 0).boundingBox();
  await page.keyboard.down('Shift');
  await page.mouse.move(box.x - 12, box.y - 12);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  assert.deepEqual(await selected(page), ['note 0']);
  await page.keyboard.down('Shift');
  await page.mouse.click(...await middle(page, node(page, 'b')));
  await page.keyboard.up('Shift');
  await page.keyboard.press('Delete');
  await settle(page);
  const left = await saved(page);
  assert.deepEqual([left.notes, Object.keys(left.nodes)], [[PLAIN.notes[1]], ['web', 'a', 'c']]);
  assert.deepEqual(await selected(page), [], 'an index means no other one now');
  await page.keyboard.press('Control+z');
  await settle(page);
  assert.equal(await savedText(page), bytes, 'one step, also where places were not written');
  expectQuiet();
  await context.close();
});

test('by keyboard: reached by arrows, added, nudged, doubled and taken away with a card', async () => {
  const { page, context, expectQuiet } = await openDesign();
  const bytes = await savedText(page);
  await node(page, 'a').focus();
  await page.keyboard.press('ArrowRight');
  assert.deepEqual(await selected(page), ['note 1']);
  await page.keyboard.press('Control+ArrowDown');
  await page.keyboard.press('Control+ ');
  assert.deepEqual(await selected(page), ['c', 'note 1']);
  await page.keyboard.press('Shift+ArrowLeft');
  const nudged = moves(PLAIN, await saved(page));
  assert.deepEqual([nudged.c, nudged.notes, nudged.a], [[-8, 0], [[0, 0], [-8, 0]], [0, 0]]);
  await page.keyboard.press('Control+z');
  assert.equal(await savedText(page), bytes);
  await page.keyboard.press('Control+d');
  const doubled = await saved(page);
  assert.deepEqual(doubled.notes.slice(2), [{ ...PLAIN.notes[1], at: [672, 112] }]);
  assert.deepEqual(doubled.layout['c-2'], [752, 432]);
  assert.deepEqual(await selected(page), ['c-2', 'note 2']);
  await page.keyboard.press('Control+z');
  assert.equal(await savedText(page), bytes, 'one step');
  await note(page, 0).focus();
  await page.keyboard.press('Shift+ArrowDown');
  assert.deepEqual((await saved(page)).notes[0].at, [320, 168], 'the one with the focus');
  await page.keyboard.press('F2');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Control+Enter');
  await settle(page);
  assert.deepEqual((await saved(page)).notes, [PLAIN.notes[1]], 'a note without a text is none');
  await node(page, 'a').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+Shift+ArrowUp');
  assert.deepEqual((await saved(page)).notes, [PLAIN.notes[1]], 'notes are not lined up');
  expectQuiet();
  await context.close();
});

test('copied as text: with cards, alone, and into another window', async () => {
  const first = await openDesign();
  await first.page.mouse.click(...await middle(first.page, note(first.page, 1)));
  const alone = await copied(first.page);
  await first.page.keyboard.down('Shift');
  await first.page.mouse.click(...await middle(first.page, node(first.page, 'c')));
  await first.page.keyboard.up('Shift');
  const both = await copied(first.page);
  assert.deepEqual([JSON.parse(alone).notes, JSON.parse(alone).nodes], [[PLAIN.notes[1]], {}]);
  await paste(first.page, both);
  await settle(first.page);
  assert.deepEqual((await saved(first.page)).notes, [...PLAIN.notes, { ...PLAIN.notes[1], at: [672, 112] }], 'beside what lies there');
  assert.deepEqual(await selected(first.page), ['c-2', 'note 2']);
  await paste(first.page, both);
  await settle(first.page);
  assert.deepEqual((await saved(first.page)).notes[3].at, [704, 224], 'and beside that');
  await first.context.close();
  const { page, context, expectQuiet } = await openDesign({ ...PLAIN, notes: undefined });
  const bytes = await savedText(page);
  await page.keyboard.press('g');
  await paste(page, alone);
  await settle(page);
  assert.deepEqual((await saved(page)).notes, [PLAIN.notes[1]]);
  assert.deepEqual(await selected(page), ['note 0']);
  await page.keyboard.press('Control+z');
  assert.equal(await savedText(page), bytes, 'one step');
  await paste(page, both);
  await settle(page);
  const after = await saved(page);
  assert.deepEqual([after.notes.length, after.nodes['c-2']], [1, PLAIN.nodes.c]);
  // What is pasted into a text that is being written is text.
  await note(page, 0).focus();
  await page.keyboard.press('Enter');
  await paste(page, both);
  await page.keyboard.press('Escape');
  assert.equal(Object.keys((await saved(page)).nodes).length, Object.keys(after.nodes).length);
  expectQuiet();
  await context.close();
});

test('a zone taken by its head takes the note in it along', async () => {
  const { page, context } = await openDesign();
  const box = await node(page, 'a').boundingBox();
  const zoom = box.width / 184;
  const head = [box.x - 6 * zoom, box.y - 26 * zoom];
  await drag(page, head, [head[0] - 24, head[1] + 40]);
  const moved = moves(PLAIN, await saved(page));
  assert.notDeepEqual(moved.a, [0, 0]);
  assert.deepEqual([moved.b, moved.notes[0], moved.notes[1], moved.c], [moved.a, moved.a, [0, 0], [0, 0]]);
  await page.keyboard.press('Control+z');
  assert.deepEqual((await saved(page)).notes, PLAIN.notes);
  await context.close();
});

test('the selection stays with the notes it means while others come and go; its text is changed beside the drawing', async () => {
  const { page, context, expectQuiet } = await openDesign();
  await page.mouse.click(...await middle(page, note(page, 0)));
  await page.keyboard.press('Delete');
  await page.mouse.click(...await middle(page, note(page, 0)));
  assert.deepEqual(await selected(page), ['note 0']);
  await page.keyboard.press('Control+z');
  assert.deepEqual(await selected(page), ['note 1'], 'the same one');
  const area = page.locator('.frame-inspector').getByLabel('Text of the note');
  await area.fill('Since June.');
  await area.blur();
  assert.deepEqual((await saved(page)).notes[1], { ...PLAIN.notes[1], text: 'Since June.' });
  await page.getByRole('option', { name: 'Note: Since June.', selected: true }).waitFor({ state: 'attached' });
  await page.mouse.click(...await middle(page, note(page, 1)), { button: 'right' });
  await page.getByRole('menuitem', { name: /Change the text/ }).click();
  await page.locator('.note-area').fill('Since July.');
  await page.keyboard.press('Escape');
  assert.equal(await area.inputValue(), 'Since July.');
  assert.deepEqual(await objections(page), []);
  expectQuiet();
  await context.close();
});

test('by touch: a tap selects, a drag moves what is selected and else the view, a long press asks', async () => {
  const { page, context, expectQuiet } = await openDesign(PLAIN, { viewport: { width: 1024, height: 768 }, hasTouch: true, isMobile: true });
  const client = await context.newCDPSession(page);
  const touch = (type, point) => client.send('Input.dispatchTouchEvent', { type, touchPoints: point ? [{ x: point[0], y: point[1] }] : [] });
  const swipe = async ([x, y], [dx, dy]) => {
    await touch('touchStart', [x, y]);
    for (const part of [0.3, 0.7, 1]) await touch('touchMove', [x + dx * part, y + dy * part]);
    await touch('touchEnd');
    await settle(page);
  };
  const [x, y] = await middle(page, note(page, 1));
  await swipe([x, y], [-40, 24]);
  assert.deepEqual((await saved(page)).notes, PLAIN.notes, 'a first touch moves the view');
  const [vx, vy] = await middle(page, note(page, 1));
  assert.ok(Math.abs(vx - x + 40) < 8 && Math.abs(vy - y - 24) < 8, `${vx - x} ${vy - y}`);
  await page.touchscreen.tap(vx, vy);
  assert.deepEqual(await selected(page), ['note 1']);
  await swipe([vx, vy], [40, 48]);
  const [, moved] = (await saved(page)).notes;
  assert.ok(moved.at[0] > PLAIN.notes[1].at[0] && moved.at[1] > PLAIN.notes[1].at[1], `${moved.at}`);
  await touch('touchStart', await middle(page, note(page, 0)));
  await page.waitForTimeout(700);
  await touch('touchEnd');
  await page.getByRole('menuitem', { name: /Duplicate/ }).tap();
  await settle(page);
  assert.equal((await saved(page)).notes.length, 3);
  expectQuiet();
  await context.close();
});

test('where the system chooses the colours, the drawing is in them, and what is selected is told apart', async () => {
  const { page, context, expectQuiet } = await openDesign(PLAIN, { forcedColors: 'active' });
  /** How much of the drawing is of another colour than its ground. */
  const inked = () => page.locator('.canvas-scene').evaluate((/** @type {HTMLCanvasElement} */ canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let n = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] !== data[0] || data[i + 1] !== data[1] || data[i + 2] !== data[2]) n += 1;
    return n / (data.length / 4);
  });
  const share = await inked();
  assert.ok(share > 0.005 && share < 0.3, `lines and words on a ground: ${share}`);
  const lines = () => page.locator('.note').evaluateAll((cards) => cards.map((card) => getComputedStyle(card).outlineStyle));
  await page.mouse.click(...await middle(page, note(page, 1)));
  assert.deepEqual(await lines(), ['none', 'solid']);
  await page.emulateMedia({ forcedColors: 'none' });
  await settle(page);
  assert.deepEqual(await lines(), ['none', 'none']);
  assert.notEqual(await inked(), share, 'and in those of the page where they are wanted');
  expectQuiet();
  await context.close();
});
