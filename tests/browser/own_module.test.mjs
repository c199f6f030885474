// A design whose node runs a WebAssembly module of its own: the page instruments it, runs it with the bytes of the command line on
// Node, and says what is wrong with one that it cannot run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { choose, downloadOf, drop, openPage, root, start } from './browser.mjs';

const NODE_CLI = process.env.SCALESIM_NODE_CLI ?? join(root, 'wasm/scalesim.mjs');

let site;
let folder;
before(async () => {
  site = await start();
  folder = mkdtempSync(join(tmpdir(), 'scalesim-own-'));
});
after(async () => {
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A design of two replicas that run the source. @param {string} source */
const designOf = (source) => JSON.stringify({
  format: 'scalesim/1', name: 'Own module',
  nodes: { users: { type: 'client', load: { rate: '50/s' } }, words: { type: 'service', replicas: 2, code: { language: 'wasm', source } } },
  edges: [{ from: 'users', to: 'words' }], run: { duration: '20s', warmup: '1s', seed: 1 },
});

/** The module of tests/boundary/own_module, in base64. */
function compileWords() {
  const made = spawnSync('clang', ['--target=wasm32', '-O2', '-nostdlib', '-Wl,--no-entry', '-Wno-infinite-recursion', `-I${join(root, 'core')}`,
    '-o', join(folder, 'words.wasm'), join(root, 'tests/boundary/own_module/words.c')], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return readFileSync(join(folder, 'words.wasm')).toString('base64');
}

test('the page runs a node\'s own module, and gives the bytes of the command line', async () => {
  const design = designOf(compileWords());
  const file = join(folder, 'own.scalesim.json');
  writeFileSync(file, design);
  const { page, context, expectQuiet } = await openPage(site);
  await drop(page, 'own.scalesim.json', design);
  await page.locator('.header-name').filter({ hasText: 'Own module' }).waitFor();
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  const inPage = (await downloadOf(page, () => choose(page, 'Save results'))).toString();
  const onNode = spawnSync(process.execPath, [NODE_CLI, 'run', file, '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(onNode.status, 0, onNode.stderr);
  const { handlers } = JSON.parse(onNode.stdout).nodes.words;
  assert.ok(handlers.invocations > 900 && handlers.fuel > 100_000 && handlers.errors === 0, JSON.stringify(handlers));
  assert.equal(inPage, onNode.stdout);
  expectQuiet();
  await context.close();
});

test('a module that cannot be metered is named, with what to do', async () => {
  // (module (import "env" "clock" (func)))
  const importing = Buffer.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 13, 1, 3, 101, 110, 118, 5, 99, 108, 111, 99, 107, 0, 0]);
  const { page, context } = await openPage(site);
  await drop(page, 'own.scalesim.json', designOf(importing.toString('base64')));
  await page.locator('.header-name').filter({ hasText: 'Own module' }).waitFor();
  await page.locator('.run-play').click();
  await page.getByText('a handler\'s module has no imports', { exact: false }).first().waitFor({ timeout: 60_000 });
  await context.close();
});
