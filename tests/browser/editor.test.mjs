// The code editor: one interface, the same behaviour from both engines, under the page's own content security policy.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../../tools/serve.mjs';
import { dist, objections, root, shots, start } from './browser.mjs';

const esbuild = createRequire(join(root, 'web/package.json'))('esbuild');

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
let folder = '';
let url = '';
/** @type {import('node:http').Server} */
let server;

/** The built page's files, with the harness in the place of the page: its policy is the page's. */
async function makeHarness() {
  folder = mkdtempSync(join(tmpdir(), 'scalesim-editor-'));
  const names = readdirSync(dist);
  for (const name of names) symlinkSync(join(dist, name), join(folder, name));
  const named = (/** @type {RegExp} */ pattern) => names.find((name) => pattern.test(name)) ?? '';
  const assets = { codemirror: named(/^codemirror-.*\.js$/), monacoFrame: named(/^monaco-.*\.html$/), worker: named(/^worker-.*\.js$/) };
  const built = await esbuild.build({
    entryPoints: [join(root, 'tests/browser/editor_harness.js')], bundle: true, write: false, outdir: folder, format: 'iife', define: { __ASSETS__: JSON.stringify(assets) },
  });
  for (const { path, contents } of built.outputFiles) writeFileSync(path, contents);
  const html = readFileSync(join(root, 'web/index.html'), 'utf8').replace('href="app.css"', 'href="editor_harness.css"').replace('src="app.js"', 'src="editor_harness.js"')
    .replace('href="icon.svg" type="image/svg+xml"', 'href="data:,"');
  writeFileSync(join(folder, 'harness.html'), html);
  server = await serve(folder, 0);
  url = `http://localhost:${/** @type {any} */ (server.address()).port}/harness.html`;
}

before(async () => {
  site = await start();
  await makeHarness();
  mkdirSync(shots, { recursive: true });
});
after(async () => {
  await site?.stop();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const PROGRAM = 'function handle(request) {\n  const total = request.items;\n  return total;\n}\n';

/** @param {string} engine @param {any} [options] */
async function open(engine, options = {}) {
  const context = await site.browser.newContext({ viewport: { width: 1200, height: 700 } });
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  await page.locator('body[data-state="ready"]').waitFor();
  const got = await page.evaluate(([name, given]) => globalThis.open(name, given), [engine, { text: PROGRAM, language: 'javascript', ...options }]);
  assert.equal(got, engine);
  const inside = engine === 'monaco' ? page.frameLocator('.editor-frame') : page;
  const content = engine === 'monaco' ? inside.locator('.view-lines') : inside.locator('.cm-content');
  await content.waitFor();
  return { page, inside, content, seen: () => page.evaluate(() => globalThis.seen), text: () => page.evaluate(() => globalThis.editor.text),
    async close() {
      assert.deepEqual(errors, []);
      await context.close();
    } };
}

/** What each engine calls the same thing. */
const PARTS = {
  codemirror: { error: '.cm-lintRange-error', hover: '.cm-tooltip', suggestion: '.cm-tooltip-autocomplete li', gutter: '.cm-stops .cm-gutterElement:visible', dot: '.cm-breakpoint', conditional: '.cm-breakpoint-when', current: '.cm-line.cm-current-line', mark: '.cm-mark-hot', fix: '.cm-diagnosticAction' },
  monaco: { error: '.squiggly-error', hover: '.monaco-hover', suggestion: '.suggest-widget .monaco-list-row', gutter: '.line-numbers', dot: '.editor-breakpoint', conditional: '.editor-breakpoint-when', current: '.view-overlays .editor-current-line', mark: '.editor-mark-hot', fix: '.action-widget .action-item, .monaco-hover a, .monaco-list-row.action' },
};

for (const engine of /** @type {const} */ (['codemirror', 'monaco'])) {
  const part = PARTS[engine];

  test(`${engine}: what is typed reaches the page, what the page sets reaches the field and keeps the cursor`, async () => {
    const { page, seen, text, content, close } = await open(engine);
    await page.evaluate(() => { globalThis.editor.reveal({ line: 2, column: 9 }); globalThis.editor.focus(); });
    await page.keyboard.type('x');
    await page.waitForFunction(() => globalThis.seen.changes.length === 1);
    assert.equal(await text(), PROGRAM.replace('const total', 'const xtotal'));
    assert.deepEqual(await page.evaluate(() => globalThis.editor.place), { line: 2, column: 10 });
    // A change above moves the cursor with its text, and is none of the person's.
    await page.evaluate((next) => { globalThis.editor.text = next; }, `// one\n// two\n${PROGRAM.replace('const total', 'const xtotal')}`);
    assert.equal((await seen()).changes.length, 1);
    await page.keyboard.type('y');
    await page.waitForFunction(() => globalThis.seen.changes.length === 2);
    assert.match(await text(), /const xytotal/);
    assert.match(await content.innerText(), /const.xytotal/);
    await close();
  });

  test(`${engine}: Tab indents; Escape, then Tab, leaves, both ways; the page's own keys come through`, async () => {
    const { page, seen, text, close } = await open(engine);
    await page.evaluate(() => { globalThis.editor.reveal({ line: 3, column: 1 }); globalThis.editor.focus(); });
    await page.keyboard.press('Tab');
    await page.waitForFunction(() => globalThis.seen.changes.length === 1);
    assert.match(await text(), /\n {4}return total/);
    await page.keyboard.press('Control+Enter');
    assert.equal((await seen()).submitted, 1);
    assert.equal((await seen()).changes.length, 1, 'it writes nothing');
    await page.keyboard.press('Control+s');
    await page.keyboard.type('a');
    assert.deepEqual((await seen()).pageKeys.filter((key) => key !== 'Ctrl+Control'), ['Ctrl+s'], 'and what is typed does not');
    const at = () => page.evaluate(() => document.activeElement?.id);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.equal(await at(), 'after');
    await page.evaluate(() => globalThis.editor.focus());
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+Tab');
    assert.equal(await at(), 'before');
    await close();
  });

  test(`${engine}: a read-only field is no trap and takes no text`, async () => {
    const { page, text, close } = await open(engine, { readOnly: true });
    await page.evaluate(() => globalThis.editor.focus());
    await page.keyboard.type('z');
    assert.equal(await text(), PROGRAM);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'after');
    await close();
  });

  test(`${engine}: diagnostics show where they are, say what, and mend it`, async () => {
    const { page, inside, close } = await open(engine);
    await page.evaluate(() => globalThis.editor.setDiagnostics([{
      from: { line: 2, column: 17 }, to: { line: 2, column: 24 }, severity: 'error', message: 'There is no such thing as request.',
      fix: { title: 'Call it event', apply: () => { globalThis.seen.fixes += 1; } },
    }]));
    const squiggle = inside.locator(part.error).first();
    await squiggle.waitFor();
    if (engine === 'codemirror') assert.equal(await squiggle.innerText(), 'request');
    await squiggle.hover({ force: true });
    await inside.locator(part.hover).getByText('There is no such thing as request.').first().waitFor();
    if (engine === 'codemirror') await inside.locator(part.fix).click();
    else {
      await page.evaluate(() => { globalThis.editor.reveal({ line: 2, column: 19 }); globalThis.editor.focus(); });
      await page.keyboard.press('Control+.');
      await inside.getByText('Call it event').first().waitFor();
      await page.keyboard.press('Enter');
    }
    await page.waitForFunction(() => globalThis.seen.fixes === 1);
    await page.evaluate(() => globalThis.editor.setDiagnostics([]));
    await inside.locator(part.error).first().waitFor({ state: 'detached' });
    await close();
  });

  test(`${engine}: lines carry marks, and a click or F9 asks for a stop, Shift+F9 for its condition`, async () => {
    const { page, inside, seen, close } = await open(engine);
    await page.evaluate(() => globalThis.editor.setLineMarks([
      { line: 2, text: '72 %', share: 0.72, tone: 'hot', title: '1,200 units of fuel' }, { line: 3, text: '9 %', share: 0.09, tone: 'cool' },
      { line: 3, isBreakpoint: true }, { line: 4, isBreakpoint: true, condition: 'total > 3' }]));
    await inside.locator(part.mark).first().waitFor();
    await inside.locator(part.dot).first().waitFor();
    assert.match(await inside.locator(part.mark).first().innerText(), /72 %/);
    assert.match(await inside.locator(part.mark).first().evaluate((one) => getComputedStyle(one).backgroundImage), /gradient/, 'a bar');
    assert.equal(await inside.locator(part.dot).count(), 2);
    assert.equal(await inside.locator(part.conditional).count(), 1);
    await page.evaluate(() => { globalThis.editor.reveal({ line: 4, column: 1 }); globalThis.editor.focus(); });
    await page.keyboard.press('F9');
    await page.keyboard.press('Shift+F9');
    assert.deepEqual([(await seen()).toggled, (await seen()).asked], [[4], [4]]);
    await inside.locator(part.gutter).nth(1).click();
    assert.equal((await seen()).toggled.length, 2);
    await inside.locator(part.gutter).nth(1).click({ button: 'right' });
    assert.deepEqual([(await seen()).toggled.length, (await seen()).asked.length], [2, 2]);
    await page.screenshot({ path: join(shots, `editor-${engine}.png`) });
    await page.evaluate(() => globalThis.setTheme('dark'));
    await page.waitForTimeout(200);
    await page.screenshot({ path: join(shots, `editor-${engine}-dark.png`) });
    await close();
  });

  test(`${engine}: the line where a program stands is shown and brought into view, in a field that cannot be typed into too`, async () => {
    const long = Array.from({ length: 200 }, (_, index) => `const line${index + 1} = ${index};`).join('\n');
    const { page, inside, close } = await open(engine, { readOnly: true, text: long });
    await page.evaluate(() => globalThis.editor.setCurrentLine(150));
    await inside.locator(part.current).waitFor();
    await inside.getByText('line150').waitFor();
    const [line, row] = await Promise.all([inside.locator(part.current).boundingBox(), inside.getByText('line150').boundingBox()]);
    assert.ok(line && row && Math.abs(line.y - row.y) < 6, 'it is that line');
    assert.deepEqual(await page.evaluate(() => globalThis.editor.place), { line: 1, column: 1 }, 'the cursor stays');
    await page.screenshot({ path: join(shots, `editor-${engine}-current.png`) });
    await page.evaluate(() => globalThis.editor.setCurrentLine(151));
    await page.evaluate(() => globalThis.editor.setCurrentLine(null));
    await inside.locator(part.current).waitFor({ state: 'detached' });
    await close();
  });

  test(`${engine}: suggestions and texts on hover come from the page`, async () => {
    const { page, inside, text, close } = await open(engine);
    await page.evaluate(() => {
      globalThis.editor.setCompletions(({ word }) => ['sleep', 'random', 'reply'].filter((name) => name.startsWith(word)).map((label) => ({ label, kind: 'function', detail: '(ms)' })));
      globalThis.editor.setHover(({ word }) => (word === 'items' ? 'items\nwhat was <b>ordered</b>' : null));
      globalThis.editor.reveal({ line: 2, column: 31 });
      globalThis.editor.focus();
    });
    await page.keyboard.press('Enter');
    await page.keyboard.type('sle');
    await inside.locator(part.suggestion).first().waitFor();
    assert.match(await inside.locator(part.suggestion).first().innerText(), /sleep/);
    await page.waitForTimeout(200); // a list that has just come takes no Enter, in case that was meant for the text
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => globalThis.editor.text.includes('sleep'));
    assert.match(await text(), /request\.items;\n\s+sleep\n/);
    await page.keyboard.press('Escape');
    const letter = await inside.locator(engine === 'monaco' ? '.view-line' : '.cm-line').nth(1).boundingBox();
    const columns = 29; // "items" in "  const total = request.items;"
    const width = await page.evaluate(() => {
      const context = document.createElement('canvas').getContext('2d');
      const style = getComputedStyle(document.querySelector('.editor'));
      context.font = `${style.fontSize} ${style.getPropertyValue('--mono')}`;
      return context.measureText('x'.repeat(100)).width / 100;
    });
    await page.mouse.move(letter.x + (columns - 2) * width + 6, letter.y + letter.height / 2);
    await page.mouse.move(letter.x + (columns - 2) * width + 7, letter.y + letter.height / 2);
    await inside.locator(part.hover).getByText('what was <b>ordered</b>').first().waitFor();
    await close();
  });

  test(`${engine}: axe finds nothing, light and dark`, async () => {
    const { page, close } = await open(engine);
    assert.deepEqual(await objections(page), []);
    await page.evaluate(() => globalThis.setTheme('dark'));
    await page.waitForTimeout(100);
    assert.deepEqual(await objections(page), []);
    await close();
  });
}
