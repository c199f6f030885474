// Documents in the page: kept in the browser in two slots, several of them, several tabs, files written back, and a start without a network.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { choose, downloadOf, objections, openPage, root, shots, start } from './browser.mjs';

const MM1 = JSON.parse(readFileSync(join(root, 'examples/mm1/mm1.scalesim.json'), 'utf8'));
const KEPT_WITHIN_MS = 1000;

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => {
  mkdirSync(shots, { recursive: true });
  site = await start();
});
after(() => site?.stop());

/** Drops files on the page as a person would. @param {any} page @param {[name: string, text: string][]} files */
async function drop(page, ...files) {
  const data = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const [name, text] of all) transfer.items.add(new File([text], name, { type: 'application/json' }));
    return transfer;
  }, files);
  await page.dispatchEvent('.frame', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('.frame', 'drop', { dataTransfer: data });
}

/** @param {string} name @param {object} [more] */
const named = (name, more = {}) => JSON.stringify({ ...MM1, name, ...more });

/** Opens a design of this name, and waits until it is kept. @param {any} page @param {string} name */
async function openNamed(page, name) {
  await drop(page, [`${name}.scalesim.json`, named(name)]);
  await shows(page, name);
  await page.waitForTimeout(KEPT_WITHIN_MS);
}

/** @param {any} page @param {string} name */
const shows = (page, name) => page.locator('.header-name').filter({ hasText: new RegExp(`^${name}$`) }).waitFor();

/** A message of the page, that is. @param {any} page @param {string} text */
const says = (page, text) => page.locator('.toast').getByText(text).waitFor();

/** Writes the name of the design in the inspector. @param {any} page @param {string} name */
async function rename(page, name) {
  const field = page.locator('.inspector').getByLabel('Name', { exact: true }).first();
  await field.fill(name);
  await field.press('Enter');
  await shows(page, name);
}

/** @param {any} page @returns {Promise<string[]>} the names in the list of designs, as they are shown */
async function openList(page) {
  await page.keyboard.press('Control+Shift+O');
  await page.locator('.designs-row, .designs .empty').first().waitFor();
  return page.locator('.designs-open strong').allTextContents();
}

/** Does something to what lies in the browser. */
const inDatabase = (page, work, argument) => page.evaluate(async ([source, value]) => {
  const request = indexedDB.open('scalesim');
  await new Promise((done) => { request.onsuccess = done; });
  const transaction = request.result.transaction(['slots', 'designs'], 'readwrite');
  const ask = (one) => new Promise((done) => { one.onsuccess = () => done(one.result); });
  const stores = { slots: transaction.objectStore('slots'), designs: transaction.objectStore('designs'), ask };
  const answer = source === 'tear' ? await tear(stores, value) : await list(stores);
  request.result.close();
  return answer;
  async function list({ slots, designs }) {
    return { keys: await ask(slots.getAllKeys()), designs: await ask(designs.getAll()) };
  }
  /** Cuts the newest slots of a design. */
  async function tear({ slots }, { id, count }) {
    const found = await Promise.all([0, 1].map(async (slot) => ({ slot, value: await ask(slots.get([id, slot])) })));
    const sequenceOf = ({ value: kept }) => (kept ? JSON.parse(new TextDecoder().decode(kept.bytes).split('\n')[0]).sequence : -1);
    found.sort((a, b) => sequenceOf(b) - sequenceOf(a));
    for (const { slot, value: kept } of found.slice(0, count)) await ask(slots.put({ ...kept, bytes: kept.bytes.slice(0, kept.bytes.length - 9) }, [id, slot]));
  }
}, [work, argument]);

test('an edit is kept within a second, and is there after a reload, said not to be in a file', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await openNamed(page, 'Mine');
  await page.getByText('saved', { exact: true }).waitFor();
  await rename(page, 'Mine, changed');
  await page.getByText('not saved to a file', { exact: true }).waitFor();
  await page.waitForTimeout(KEPT_WITHIN_MS);
  await page.reload();
  await shows(page, 'Mine, changed');
  await page.getByText('not saved to a file', { exact: true }).waitFor();
  expectQuiet();
  await context.close();
});

test('leaving the page at once loses nothing', async () => {
  const { page, context } = await openPage(site);
  await openNamed(page, 'Before');
  await rename(page, 'In the last moment');
  await page.goto('about:blank');
  await page.goto(site.url);
  await shows(page, 'In the last moment');
  await context.close();
});

test('the browser is asked to keep it at the first edit, and not before', async () => {
  const { page, context } = await openPage(site);
  await page.evaluate(() => { globalThis.asked = 0; navigator.storage.persist = async () => { globalThis.asked += 1; return true; }; });
  await openNamed(page, 'Looked at');
  assert.equal(await page.evaluate(() => globalThis.asked), 0);
  await rename(page, 'Changed');
  await page.waitForFunction(() => globalThis.asked === 1);
  await rename(page, 'Changed again');
  assert.equal(await page.evaluate(() => globalThis.asked), 1);
  await context.close();
});

test('slots are written in turn; a torn one is not loaded, the other is; of two torn ones neither', async () => {
  const { page, context } = await openPage(site);
  await openNamed(page, 'First');
  for (const name of ['Second', 'Third']) {
    await rename(page, name);
    await page.waitForTimeout(KEPT_WITHIN_MS);
  }
  const { designs, keys } = await inDatabase(page, 'list');
  assert.equal(designs.length, 1, JSON.stringify(designs));
  const [{ id, sequence }] = designs;
  assert.deepEqual(keys, [[id, 0], [id, 1]]);
  assert.ok(sequence >= 3);
  await page.goto('about:blank');
  await page.goto(`${site.url}examples/index.json`); // the same origin, without the page
  await inDatabase(page, 'tear', { id, count: 1 });
  await page.goto(site.url);
  await shows(page, 'Second');
  await page.goto(`${site.url}examples/index.json`);
  await inDatabase(page, 'tear', { id, count: 2 });
  await page.goto(site.url);
  await page.locator('.frame[data-state="ready"]').waitFor();
  assert.notEqual(await page.locator('.header-name').textContent(), 'Second');
  await openList(page);
  await page.locator('.designs-open').filter({ hasText: 'Third' }).click();
  await says(page, 'What was kept of this design is damaged and was not opened.');
  await context.close();
});

test('where nothing can be kept, the page says so once, and catches up when there is room again', async () => {
  const { page, context } = await openPage(site);
  await openNamed(page, 'Roomy');
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function full() { throw new DOMException('no room', 'QuotaExceededError'); };
    globalThis.makeRoom = () => { IDBObjectStore.prototype.put = put; };
  });
  await rename(page, 'Crowded');
  await says(page, 'This browser has no room left to keep your work.');
  await page.getByText('not kept', { exact: true }).waitFor();
  await rename(page, 'Crowded still');
  await page.waitForTimeout(KEPT_WITHIN_MS);
  assert.equal(await page.locator('.toast').getByText('This browser has no room left').count(), 1);
  const saved = await downloadOf(page, async () => {
    await page.evaluate(() => { delete window.showSaveFilePicker; });
    await page.getByRole('button', { name: 'Save as a file' }).click();
  });
  assert.equal(JSON.parse(saved.toString()).name, 'Crowded still');
  await page.evaluate(() => globalThis.makeRoom());
  await rename(page, 'Room again');
  await page.getByText('not saved to a file', { exact: true }).waitFor();
  await page.waitForTimeout(KEPT_WITHIN_MS);
  await page.reload();
  await shows(page, 'Room again');
  await context.close();
});

test('a second tab with the same design makes a copy of it, and nothing is written over', async () => {
  const { page, context } = await openPage(site);
  await openNamed(page, 'Shared');
  await rename(page, 'Shared, mine');
  await page.waitForTimeout(KEPT_WITHIN_MS);
  const other = await context.newPage();
  await other.goto(site.url);
  await shows(other, 'Shared, mine');
  await says(other, 'Shared, mine is open in another tab. What you change here becomes a copy.');
  await rename(other, 'Theirs');
  await says(other, 'Theirs is open in another tab. Your changes are kept as a copy.');
  await rename(page, 'Shared, mine again');
  await page.waitForTimeout(KEPT_WITHIN_MS);
  assert.deepEqual((await openList(page)).sort(), ['Shared, mine again', 'Theirs']);
  for (const action of ['Delete Theirs', 'Rename Theirs']) {
    await page.getByRole('button', { name: action }).click();
    if (action.startsWith('Rename')) {
      await page.getByLabel('New name of Theirs').fill('Taken');
      await page.keyboard.press('Enter');
    }
    await page.locator('.designs-note', { hasText: 'Theirs is open in another tab. Change it there.' }).waitFor();
  }
  await other.reload();
  await shows(other, 'Theirs');
  await page.reload();
  await shows(page, 'Shared, mine again');
  await context.close();
});

test('without locks the sequence numbers tell that another tab has written', async () => {
  const { page, context } = await openPage(site);
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }));
  await page.reload();
  await page.locator('.frame[data-state="ready"]').waitFor();
  await openNamed(page, 'Unlocked');
  const other = await context.newPage();
  await other.goto(site.url);
  await shows(other, 'Unlocked');
  await rename(other, 'Theirs');
  await other.waitForTimeout(KEPT_WITHIN_MS);
  await rename(page, 'Mine');
  await says(page, 'Mine is open in another tab. Your changes are kept as a copy.');
  await page.waitForTimeout(KEPT_WITHIN_MS);
  assert.deepEqual((await openList(page)).sort(), ['Mine', 'Theirs']);
  await context.close();
});

test('the list of designs: new, switch, duplicate, rename, delete and back, by keyboard as well', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await openNamed(page, 'One');
  await openNamed(page, 'Two');
  assert.deepEqual(await openList(page), ['Two', 'One']);
  await page.locator('.designs-picture .drawing').first().waitFor();
  assert.deepEqual(await objections(page), []);
  await page.screenshot({ path: join(shots, 'designs.png') });
  // Duplicate, then rename the copy in place.
  await page.getByRole('button', { name: 'Duplicate One' }).press('Enter');
  await page.getByRole('button', { name: 'Rename One (copy)' }).press('Enter');
  await page.getByLabel('New name of One (copy)').fill('Three');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Three 2 nodes · / }).waitFor();
  // Escape leaves a name as it was, and the list open.
  await page.getByRole('button', { name: 'Rename Three' }).click();
  await page.getByLabel('New name of Three').fill('Never');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Three 2 nodes/ }).waitFor();
  // The open one is renamed as an edit of the document.
  await page.getByRole('button', { name: 'Rename Two' }).click();
  await page.getByLabel('New name of Two').fill('Two and a half');
  await page.keyboard.press('Enter');
  await shows(page, 'Two and a half');
  await page.getByRole('button', { name: 'Delete One' }).click();
  await page.getByRole('list').getByText('One is deleted, with its runs.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Bring One back' }).evaluate((button) => button === document.activeElement), 'the focus is on the way back');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^One 2 nodes/ }).waitFor();
  await page.getByRole('button', { name: 'Delete Three' }).click();
  // Deleting the open one opens another.
  await page.getByRole('button', { name: 'Delete Two and a half' }).click();
  await shows(page, 'One');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(300);
  assert.deepEqual(await openList(page), ['One']);
  await page.getByLabel('Filter by name').fill('nothing like it');
  await page.getByText('No design has this in its name.').waitFor();
  await page.getByRole('button', { name: 'New design' }).click();
  await shows(page, 'Untitled');
  await openList(page);
  await page.getByRole('button', { name: /^One 2 nodes/ }).click();
  await shows(page, 'One');
  expectQuiet();
  await context.close();
});

test('examples that were looked at are not kept, those that were run are, and open again with their runs', async () => {
  const { page, context } = await openPage(site);
  assert.deepEqual(await openList(page), ['Checkout'], 'the open one is listed');
  await page.keyboard.press('Escape');
  for (const title of ['M/M/3', 'Chat', 'M/M/3']) {
    await choose(page, 'Examples…');
    await page.locator('.gallery-card').filter({ hasText: title }).click();
    await shows(page, title);
    if (title !== 'M/M/3') continue;
    await page.locator('.run-play').click();
    await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
    await page.waitForTimeout(KEPT_WITHIN_MS);
  }
  assert.deepEqual(await openList(page), ['M/M/3'], 'one of it, and no other');
  await context.close();
});

test('several files dropped are all opened; what is no design is said', async () => {
  const { page, context } = await openPage(site);
  await drop(page, ['a.scalesim.json', named('A')], ['b.scalesim.json', named('B')], ['c.json', '[1, 2]'], ['d.scalesim.json', named('D')]);
  await shows(page, 'A');
  await says(page, 'c is not a design. Open it alone to see what is wrong with it.');
  await says(page, '2 more designs are in the list of designs.');
  await page.getByRole('button', { name: 'Designs…' }).click();
  await page.locator('.designs-open strong').first().waitFor();
  assert.deepEqual((await page.locator('.designs-open strong').allTextContents()).sort(), ['A', 'B', 'D']);
  await context.close();
});

test('saving writes back to the file that was opened, also after a reload, but not over what something else wrote', async () => {
  const { page, context } = await openPage(site);
  // Files of the origin's own folder are files as the pickers give them.
  const script = () => {
    const folder = navigator.storage.getDirectory();
    globalThis.picked = 0;
    globalThis.showOpenFilePicker = async () => [await (await folder).getFileHandle('work.scalesim.json')];
    globalThis.showSaveFilePicker = async () => { globalThis.picked += 1; return (await folder).getFileHandle('other.scalesim.json', { create: true }); };
    globalThis.fileText = async (name) => (await (await (await folder).getFileHandle(name)).getFile()).text();
    globalThis.writeFile = async (name, text) => {
      const stream = await (await (await folder).getFileHandle(name, { create: true })).createWritable();
      await stream.write(text);
      await stream.close();
    };
  };
  await context.addInitScript(script);
  await page.reload();
  await page.locator('.frame[data-state="ready"]').waitFor();
  await page.evaluate((text) => globalThis.writeFile('work.scalesim.json', text), named('Work'));
  const nameIn = (file) => page.evaluate(async (name) => JSON.parse(await globalThis.fileText(name)).name, file);
  await page.keyboard.press('Control+o');
  await shows(page, 'Work');
  await rename(page, 'Work 2');
  await page.keyboard.press('Control+s');
  await page.getByText('saved', { exact: true }).waitFor();
  assert.equal(await nameIn('work.scalesim.json'), 'Work 2');
  await rename(page, 'Work 3');
  await page.waitForTimeout(KEPT_WITHIN_MS);
  await page.reload();
  await shows(page, 'Work 3');
  await page.keyboard.press('Control+s');
  await page.getByText('saved', { exact: true }).waitFor();
  assert.equal(await nameIn('work.scalesim.json'), 'Work 3');
  assert.equal(await page.evaluate(() => globalThis.picked), 0, 'nobody was asked for a file');
  await page.waitForTimeout(50);
  await page.evaluate((text) => globalThis.writeFile('work.scalesim.json', text), named('By another program'));
  await rename(page, 'Work 4');
  await page.keyboard.press('Control+s');
  await says(page, 'work.scalesim.json was changed by something else since it was opened here.');
  assert.equal(await nameIn('work.scalesim.json'), 'By another program');
  await page.getByRole('button', { name: 'Save anyway' }).click();
  await page.getByText('saved', { exact: true }).waitFor();
  assert.equal(await nameIn('work.scalesim.json'), 'Work 4');
  await page.keyboard.press('Control+Shift+S');
  await page.waitForFunction(() => globalThis.picked === 1);
  await page.waitForFunction(async () => (await globalThis.fileText('other.scalesim.json').catch(() => '')).includes('Work 4'));
  await context.close();
});

test('files that the system hands over are opened', async () => {
  const { page, context } = await openPage(site);
  await context.addInitScript(() => {
    const setConsumer = (take) => {
      globalThis.launch = (text) => take({ files: [{ kind: 'file', name: 'l.scalesim.json', getFile: async () => new File([text], 'l.scalesim.json') }] });
    };
    Object.defineProperty(globalThis, 'launchQueue', { value: { setConsumer } });
  });
  await page.reload();
  await page.waitForFunction(() => globalThis.launch);
  await page.evaluate((text) => globalThis.launch(text), named('Launched'));
  await shows(page, 'Launched');
  const manifest = await (await page.request.get(new URL(await page.locator('link[rel="manifest"]').getAttribute('href'), site.url).href)).json();
  assert.deepEqual(Object.values(manifest.file_handlers[0].accept), [['.scalesim.json']]);
  await context.close();
});

test('the page starts and runs without a network once it was there', async () => {
  const { page, context } = await openPage(site, { serviceWorkers: 'allow' });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await caches.keys()).length === 1);
  await context.setOffline(true);
  await page.reload();
  await page.locator('.frame[data-state="ready"]').waitFor();
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.getByRole('tab', { name: 'Results' }).click();
  await page.locator('.results-table tbody tr').first().waitFor();
  await choose(page, 'Examples…');
  await page.locator('.gallery-card').filter({ hasText: 'M/M/3' }).click();
  await shows(page, 'M/M/3');
  await context.close();
});

for (const [name, options] of Object.entries({
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
})) {
  test(`the list of designs is whole and without objections, ${name}`, async () => {
    const { page, context, expectQuiet } = await openPage(site, options);
    await openNamed(page, 'A design with a name that is rather long');
    await openNamed(page, 'Short');
    await openList(page);
    await page.locator('.designs-picture .drawing').first().waitFor();
    await page.screenshot({ path: join(shots, `designs-${name}.png`) });
    assert.deepEqual(await objections(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    expectQuiet();
    await context.close();
  });
}
