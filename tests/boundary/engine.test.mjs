// The built module through its loader: envelopes, every operation, the same bytes as the native command line, and no leaks.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineError, compile, instantiate } from '../../wasm/loader.mjs';
import { createSandboxHost } from '../../wasm/sandbox.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(root, 'build/scalesim');
const NODE_CLI = join(root, 'wasm/scalesim.mjs');
const OUTPUT_BYTES_MAX = 64 * 2 ** 20;
const SHORT_S = 5; // long enough for every example to do all that it does

const examples = readdirSync(join(root, 'examples'))
  .map((name) => join(root, 'examples', name, `${name}.scalesim.json`)).filter((file) => existsSync(file));
const textOf = (name) => readFileSync(join(root, `examples/${name}/${name}.scalesim.json`), 'utf8');

/** @type {WebAssembly.Module} */
let module;
/** @type {string} */
let folder;
before(async () => {
  module = await compile(readFileSync(join(root, 'build/scalesim.wasm')));
  folder = mkdtempSync(join(tmpdir(), 'scalesim-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** An engine that also runs designs with code. */
async function instantiateWithHandlers() {
  const engine = await instantiate(module);
  engine.useHandlers(await compile(readFileSync(join(root, 'build/handlers.wasm'))), createSandboxHost);
  return engine;
}

/** @param {() => any} work @param {string} code */
function refused(work, code) {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.code, code, error.message);
    assert.ok(error.message.length > 10, 'it says what is wrong');
    return error;
  }
  return assert.fail('it was not refused');
}

/** @param {import('../../wasm/loader.mjs').WasmEngine} engine */
function runToEnd(engine) {
  for (let slices = 0; slices < 1e6; slices += 1) {
    const status = engine.advance(50_000, Infinity);
    if (status !== 0) return status;
  }
  return assert.fail('the run does not end');
}

test('the examples are there', () => {
  assert.ok(examples.length >= 5, examples.join(' '));
});

test('the module imports functions of its host alone', () => {
  for (const { module: from, kind, name } of WebAssembly.Module.imports(module)) {
    assert.equal(kind, 'function');
    assert.ok(from === 'host' || from === 'sandbox' || from === 'wasi_snapshot_preview1' || name === 'emscripten_notify_memory_growth', `${from}.${name}`);
  }
});

test('a request that is no envelope is refused, and the next one is served', async () => {
  const engine = await instantiate(module);
  const deep = `{"id":1,"op":"check","args":${'['.repeat(5000)}${']'.repeat(5000)}}`;
  for (const request of ['', 'x', '[]', '7', '{', '{"id":1}', '{"op":7,"id":1}', '{"id":1,"op":"no such operation"}', '{"id":1,"op":"check","args":[]}',
    '{"id":1,"op":"check","args":{"design":7}}', '{"id":1,"op":"run.open","args":{}}', '{"id":1,"op":"run.results"}', '{"id":1,"op":"generate"}',
    '{"id":1,"op":"run.open","args":{"design":"{}","seed":"x"}}', '{"id":1,"op":"override","args":{"design":"{}","set":"a"}}', deep, '{"id":1,"id":2,"op":"version"}', '\u0000']) {
    const answer = JSON.parse(engine.callText(request));
    assert.equal(answer.ok, false, request.slice(0, 60));
    assert.ok(['protocol', 'input'].includes(answer.error.code), `${request.slice(0, 60)}: ${answer.error.code}`);
    assert.equal(typeof answer.error.message, 'string');
    assert.equal(engine.call('version').result.formats[0], 'scalesim/1');
  }
});

test('memory grows when a run needs it, and what was there stays', async () => {
  const engine = await instantiate(module);
  const bytes = engine.memoryBytes();
  const nodes = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`s${n}`, { type: 'station', service_time: 'exp(1ms)' }]));
  nodes.c = { type: 'client', load: { rate: '1/s' } };
  const edges = Array.from({ length: 20_000 }, (_, n) => ({ from: n === 0 ? 'c' : `s${n - 1}`, to: `s${n}`, kind: 'forward' }));
  const design = JSON.stringify({ format: 'scalesim/1', nodes, edges, run: { duration: '10s', warmup: '0s' } });
  assert.equal(Object.keys(engine.call('run.open', { design }).result.layout.nodes).length, 20_001);
  assert.ok(engine.memoryBytes() > bytes);
  while (engine.advance(50_000, Infinity) === 0);
  assert.equal(engine.call('run.results').result.nodes.s0.arrivals > 0, true);
});

test('an answer carries the id of its request', async () => {
  const engine = await instantiate(module);
  for (const id of [0, 1, 4_000_000_000]) assert.equal(JSON.parse(engine.callText(JSON.stringify({ id, op: 'version' }))).id, id);
});

test('the catalog and the schema are those of the command line', async () => {
  const engine = await instantiate(module);
  const native = execFileSync(CLI, ['catalog', '--json'], { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
  assert.equal(engine.call('catalog').text, native.trim());
  assert.equal(engine.call('schema').result.$schema, 'https://json-schema.org/draft/2020-12/schema');
});

test('check finds nothing in the examples, and every fault of a wrong design at its place', async () => {
  const engine = await instantiateWithHandlers();
  for (const file of examples) {
    const { diagnostics } = engine.call('check', { design: readFileSync(file, 'utf8') }).result;
    assert.deepEqual(diagnostics.filter(({ severity }) => severity === 'error'), [], relative(root, file));
  }
  const wrong = { format: 'scalesim/1', nodes: { a: { type: 'client', load: { rate: '-1/s' } }, b: { type: 'no-such-type' } }, edges: [{ from: 'a', to: 'nobody' }] };
  const { diagnostics } = engine.call('check', { design: JSON.stringify(wrong, null, 2) }).result;
  const pointers = diagnostics.map(({ pointer }) => pointer);
  for (const pointer of ['/nodes/a/load/rate', '/nodes/b/type', '/edges/0/to']) assert.ok(pointers.includes(pointer), `${pointer} in ${pointers}`);
  for (const one of diagnostics) assert.ok(one.line > 0 && one.column > 0 && /^[EW]\d+/.test(one.code), JSON.stringify(one));
});

test('results have the bytes of the native command line, whatever the slices', async () => {
  const engine = await instantiateWithHandlers();
  for (const file of examples) {
    const design = readFileSync(file, 'utf8');
    const { status, stdout } = spawnSync(CLI, ['run', file, '--json', '--seed', '11', '--duration', `${SHORT_S}s`], { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
    assert.ok(status === 0 || status === 1, `${relative(root, file)}: ${status}`);
    const texts = [50_000, 7].map((slice) => {
      engine.call('run.open', { design, seed: 11, duration_s: SHORT_S });
      while (engine.advance(slice, Infinity) === 0);
      return `${engine.call('run.results').text}\n`;
    });
    assert.equal(texts[0], stdout, relative(root, file));
    assert.equal(texts[1], stdout, relative(root, file));
  }
  engine.call('run.close');
});

test('frames have the length that the layout says, and the timeline arrives once and whole', async () => {
  const engine = await instantiate(module);
  const design = textOf('ecommerce');
  const { nodes, edges } = JSON.parse(design);
  const { layout, duration_s } = engine.call('run.open', { design, duration_s: 20 }).result;
  assert.equal(duration_s, 20);
  const { header, node, edge, move } = layout.frame;
  assert.equal(move.length, 4);
  const length = header.length + Object.keys(nodes).length * node.length + edges.length * edge.length;
  let rows = 0;
  let groups = 0;
  let last_s = -1;
  for (let status = 0; status === 0;) {
    status = engine.advance(10_000, Infinity);
    const frames = engine.frames();
    assert.equal(frames.frame.length, length);
    assert.equal(frames.timeline.length % layout.timeline.columns.length, 0);
    assert.equal(frames.first_row, rows);
    rows += frames.timeline.length / layout.timeline.columns.length;
    groups += frames.moves.length / 4;
    for (let at = 0; at < frames.moves.length; at += 4) {
      const [index, departure_s, arrival_s, kind] = frames.moves.subarray(at, at + 4);
      assert.ok(index < edges.length && Number.isInteger(index) && kind >= 0 && kind <= 4);
      assert.ok(arrival_s >= departure_s && departure_s >= 0 && departure_s <= 20);
    }
    const time_s = frames.frame[header.indexOf('time_s')];
    assert.ok(time_s >= last_s && time_s === engine.time_s());
    last_s = time_s;
  }
  assert.ok(groups > 100, `${groups} moves`);
  const lines = engine.call('run.timeline_csv').result.csv.trim().split('\n');
  assert.deepEqual(lines[0].split(','), layout.timeline.columns);
  assert.equal(lines.length - 1, rows);
});

test('an override is the document with that value', async () => {
  const engine = await instantiate(module);
  const { design } = engine.call('override', { design: textOf('mm1'), set: ['run.seed=77'] }).result;
  assert.equal(JSON.parse(design).run.seed, 77);
  refused(() => engine.call('override', { design: textOf('mm1'), set: ['nodes.nobody.replicas=1'] }), 'input');
});

test('generate gives the bytes of the command line\'s zip', async () => {
  const engine = await instantiate(module);
  const zip = join(folder, 'project.zip');
  execFileSync(CLI, ['generate', join(root, 'examples/ecommerce/ecommerce.scalesim.json'), '-o', zip]);
  const { result, binary } = engine.call('generate', { design: textOf('ecommerce') });
  assert.equal(result.bytes, binary?.length);
  assert.ok(Buffer.from(/** @type {Uint8Array} */ (binary)).equals(readFileSync(zip)));
  const error = refused(() => engine.call('generate', { design: textOf('ecommerce'), targets: ['no-such-target'] }), 'input');
  assert.ok(error.diagnostics.length > 0);
});

test('memory is freed: a thousand runs opened and closed take no more than ten', async () => {
  const engine = await instantiate(module);
  const design = textOf('mm1');
  const once = () => {
    engine.call('run.open', { design, duration_s: 1 });
    engine.advance(2000, Infinity);
    engine.frames();
    engine.call('run.results');
    engine.call('check', { design: '{"format": 7}' });
    engine.call('run.close');
  };
  for (let n = 0; n < 10; n += 1) once();
  const bytes = engine.memoryBytes();
  for (let n = 0; n < 1000; n += 1) once();
  assert.equal(engine.memoryBytes(), bytes);
});

test('a refused opening keeps the run that was open, and without a run nothing answers for one', async () => {
  const engine = await instantiate(module);
  engine.call('run.open', { design: textOf('mm1'), duration_s: 1 });
  const error = refused(() => engine.call('run.open', { design: '{"format": "scalesim/1", "nodes": {"a": {"type": "x"}}}' }), 'input');
  assert.ok(error.diagnostics.length > 0);
  assert.equal(engine.advance(1, Infinity), 0);
  assert.equal(engine.events(), 1);
  engine.call('run.close');
  refused(() => engine.call('run.results'), 'protocol');
  assert.equal(engine.time_s(), 0);
  assert.equal(engine.frames(), null);
  engine.call('run.open', { design: textOf('mm1'), duration_s: 1 });
  assert.equal(runToEnd(engine), 1);
});

/** Wall time is the one thing that may differ. @param {string} text */
const withoutTimes = (text) => text.replace(/in [\d.]+ s \([^)]*\)/g, 'in … s');

test('the command line on Node answers as the native one: output, errors and exit status', () => {
  const bad = join(folder, 'bad.scalesim.json');
  writeFileSync(bad, '{"format": "scalesim/1", "nodes": {"a": {"type": "clientt"}}, "nodes": 1}');
  const mm1 = join(root, 'examples/mm1/mm1.scalesim.json');
  const shop = join(root, 'examples/ecommerce/ecommerce.scalesim.json');
  for (const args of [
    [], ['--help'], ['--version'], ['run', '--help'], ['nonsense'], ['run'], ['run', '/no/such/file'], ['check', mm1], ['check', bad], ['check', bad, '--json'],
    ['catalog'], ['catalog', '--json'], ['run', mm1, '--duration', '3s'], ['run', shop, '--duration', '3s', '--json'], ['run', shop, '--duration', '3s', '--seed', '5'],
    ['run', mm1, '--duration', '3s', '--set', 'run.seed=9', '--json'], ['run', mm1, '--duration', '2s', '--replications', '3', '--json'],
    ['run', mm1, '--set', 'nodes.nobody.x=1'], ['run', mm1, '--duration', 'soon'], ['run', bad, '--json'],
  ]) {
    const native = spawnSync(CLI, args, { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
    const node = spawnSync(process.execPath, [NODE_CLI, ...args], { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
    const what = args.map((arg) => relative(root, arg) || arg).join(' ');
    assert.equal(node.stdout, native.stdout, what);
    assert.equal(withoutTimes(node.stderr), withoutTimes(native.stderr), what);
    assert.equal(node.status, native.status, what);
  }
});

test('the command line on Node reads standard input and writes the same files', () => {
  const input = textOf('mm1');
  const piped = [[CLI], [process.execPath, NODE_CLI]].map(([command, ...first]) => (
    execFileSync(/** @type {string} */ (command), [...first, 'run', '-', '--duration', '2s', '--json'], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })));
  assert.equal(piped[1], piped[0]);
  const shop = join(root, 'examples/ecommerce/ecommerce.scalesim.json');
  execFileSync(CLI, ['generate', shop, '-o', join(folder, 'native')], { stdio: 'ignore' });
  execFileSync(process.execPath, [NODE_CLI, 'generate', shop, '-o', join(folder, 'node')], { stdio: 'ignore' });
  const filesOf = (/** @type {string} */ base) => readdirSync(base, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name)).map((file) => relative(base, file)).sort();
  const files = filesOf(join(folder, 'native'));
  assert.ok(files.length > 10, `${files.length} files`);
  assert.deepEqual(filesOf(join(folder, 'node')), files);
  for (const file of files) {
    const [a, b] = ['native', 'node'].map((base) => join(folder, base, file));
    assert.ok(readFileSync(a).equals(readFileSync(b)), file);
    assert.equal(statSync(a).mode, statSync(b).mode, file);
  }
});
