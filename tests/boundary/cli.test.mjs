// The command line: exit statuses, what goes to which stream, files, standard input, help on everything.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CLI = process.env.SCALESIM_CLI ?? join(root, 'build/scalesim');
const MM1 = join(root, 'examples/mm1/mm1.scalesim.json');
const SHOP = join(root, 'examples/ecommerce/ecommerce.scalesim.json');
const OUTPUT_BYTES_MAX = 64 * 2 ** 20;
const RUN_MS_MAX = 60_000;
const [FINE, BROKEN, WRONG] = [0, 1, 2];

/** @type {string} */
let folder;
before(() => { folder = mkdtempSync(join(tmpdir(), 'scalesim-cli-')); });
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string[]} args @param {string} [input] */
function cli(args, input = '') {
  const { status, stdout, stderr } = spawnSync(CLI, args, { encoding: 'utf8', input, maxBuffer: OUTPUT_BYTES_MAX, timeout: RUN_MS_MAX });
  return { status, stdout, stderr };
}

/** A file of the test's own folder. @param {string} name @param {unknown} content text, or a document */
function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
}

/** One second of service for each request. @param {object} [more] */
const exact = (more = {}) => ({
  format: 'scalesim/1',
  name: 'exact',
  nodes: { c: { type: 'client', load: { trace: [[0], [2], [4]] } }, s: { type: 'station', service_time: '1s' } },
  edges: [{ from: 'c', to: 's' }],
  run: { duration: 10, warmup: 0 },
  ...more,
});

// --- Help and mistakes in the command itself ---------------------------------------------------

test('help on everything goes to standard output', () => {
  for (const args of [['--help'], ['help'], ['check', '--help'], ['run', '--help'], ['generate', '--help'], ['catalog', '--help'], ['solve', '--help'], ['compare', '--help']]) {
    const { status, stdout, stderr } = cli(args);
    assert.equal(status, FINE, args.join(' '));
    assert.ok(stdout.includes(`scalesim ${args[0].startsWith('-') || args[0] === 'help' ? '' : args[0]}`.trim()), args.join(' '));
    assert.ok(stdout.length > 100);
    assert.equal(stderr, '');
  }
  for (const option of ['--seed', '--duration', '--replications', '--precision', '--set', '--assert', '--json', '--trace-out', '--timeline-out', '--journal-out', '--journal-from', '--journal-to']) {
    assert.ok(cli(['run', '--help']).stdout.includes(option), option);
  }
});

test('a wrong command says what to write, on standard error, with status 2', () => {
  /** @type {[string[], RegExp][]} */
  const cases = [
    [[], /scalesim run FILE/],
    [['rum', MM1], /"rum"/],
    [['run'], /which FILE/],
    [['check'], /which FILE/],
    [['run', MM1, '--sed', '4'], /--sed/],
    [['compare', MM1], /with what/],
    [['compare', MM1, MM1, MM1], /compare/],
    [['compare', MM1, '--set', 'nodes.sever.replicas=2'], /server/],
    [['run', MM1, MM1], /one FILE only/],
    [['run', MM1, '--seed'], /--seed needs a value/],
    [['run', MM1, '--seed', '-3'], /--seed -3/],
    [['run', MM1, '--seed', '1.5'], /--seed 1.5/],
    [['run', MM1, '--seed', '9007199254740992'], /not above 9007199254740991/],
    [['run', MM1, '--duration', 'soon'], /--duration soon/],
    [['run', MM1, '--duration', '0s'], /above 0/],
    [['run', MM1, '--duration', '-5s'], /--duration/],
    [['run', MM1, '--duration', '31536001s'], /at most 31536000s/],
    [['compare', MM1, '--set', 'nodes.server.concurrency=2', '--duration', '1e12'], /at most 31536000s/],
    [['run', MM1, '--precision', 'x'], /--precision x/],
    [['run', MM1, '--replications', 'many'], /--replications many/],
    [['run', MM1, '--assert', 'nodes.server.response.p99'], /METRIC/],
    [['run', MM1, '--assert', 'nodes.server.response.p99<soon'], /"soon" is no quantity/],
    [['run', MM1, '--duration', '1s', '--assert', 'nodes.nobody.response.p99<1'], /nobody/],
    [['run', MM1, '--duration', '1s', '--assert', 'nodes.server.respons.p99<1'], /response/],
    [['run', MM1, '--set', 'nodes.server.replica=2'], /replicas/],
    [['run', MM1, '--set', 'nodes.server'], /=/],
    [['run', join(root, 'no-such-file.json')], /cannot read/],
    [['check', join(root, 'no-such-file.json')], /cannot read/],
    [['run', root], /cannot read/],
    [['run', MM1, ...Array.from({ length: 300 }, () => ['--assert', 'nodes.server.arrivals>0']).flat()], /--assert may be given 256 times/],
    [['run', MM1, ...Array.from({ length: 300 }, () => ['--set', 'run.seed=1']).flat()], /--set may be given 256 times/],
    [['catalog', 'postgras'], /"postgras"/],
    [['generate', SHOP], /-o/],
    [['run', MM1, '--duration', '1s', '--replications', '2', '--trace-out', join(root, 'x')], /leave out --replications/],
  ];
  for (const [args, pattern] of cases) {
    const { status, stdout, stderr } = cli(args);
    assert.equal(status, WRONG, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, pattern, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
  }
  assert.ok(!existsSync(join(root, 'x')));
});

// --- Designs that are wrong --------------------------------------------------------------------

const WRONG_DESIGN = `{
  "format": "scalesim/1",
  "nodes": {
    "c": { "type": "client", "load": { "rate": "-1/s" } },
    "s": { "type": "stasion", "service_time": "exp(1s" }
  },
  "edges": [ { "from": "c", "to": "nobody" } ]
}
`;

test('every finding about a design is told at once, with its place', () => {
  const path = file('wrong.scalesim.json', WRONG_DESIGN);
  for (const command of ['check', 'run']) {
    const { status, stdout, stderr } = cli([command, path]);
    assert.equal(status, WRONG);
    assert.equal(stdout, '');
    const lines = stderr.trim().split('\n');
    for (const place of [`${path}:4:`, `${path}:5:`, `${path}:7:`]) assert.ok(lines.some((line) => line.startsWith(place)), `${place} in ${stderr}`);
    for (const line of lines) assert.match(line, /:\d+:\d+: (error E|warning W)\d+: .+\.$/);
  }
});

test('--json puts the findings on standard output too', () => {
  const path = file('wrong.scalesim.json', WRONG_DESIGN);
  for (const command of ['check', 'run']) {
    const { status, stdout, stderr } = cli([command, path, '--json']);
    assert.equal(status, WRONG);
    assert.ok(stderr.includes('error E'));
    const { diagnostics } = JSON.parse(stdout);
    assert.ok(diagnostics.length >= 3);
    for (const one of diagnostics) {
      assert.deepEqual(Object.keys(one).sort(), ['code', 'column', 'line', 'message', 'pointer', 'severity']);
      assert.ok(one.line > 0 && one.column > 0);
      assert.match(one.code, /^[EW]\d+$/);
      assert.equal(one.severity, one.code.startsWith('E') ? 'error' : 'warning');
    }
    assert.ok(diagnostics.some((/** @type {any} */ { pointer }) => pointer === '/edges/0/to'));
  }
});

test('what is no document at all is told as such', () => {
  for (const [name, text] of Object.entries({ empty: '', text: 'hello', list: '[]', cut: '{"format": "scalesim/1"', twice: '{"format": "scalesim/1", "format": 1}', binary: '\u0000\u0001' })) {
    const { status, stdout, stderr } = cli(['check', file(`${name}.json`, text)]);
    assert.equal(status, WRONG, name);
    assert.equal(stdout, '', name);
    assert.match(stderr, /error E\d+/, name);
  }
});

test('check is content with a right design, and counts its warnings', () => {
  const { status, stdout, stderr } = cli(['check', MM1]);
  assert.equal(status, FINE);
  assert.match(stdout, /no errors, 0 warnings/);
  assert.equal(stderr, '');
  const warned = exact();
  Object.assign(warned.nodes, { idle: { type: 'station', service_time: '1s' } });
  const again = cli(['check', file('warned.json', warned)]);
  assert.equal(again.status, FINE);
  assert.match(again.stdout, /no errors, 1 warning/);
  assert.match(again.stderr, /warning W/);
});

// --- Running -----------------------------------------------------------------------------------

test('results are JSON on standard output, the rate is one line on standard error', () => {
  const { status, stdout, stderr } = cli(['run', file('exact.json', exact()), '--json']);
  assert.equal(status, FINE);
  const results = JSON.parse(stdout);
  assert.equal(results.format, 'scalesim-results/1');
  assert.equal(results.design, 'exact');
  assert.equal(results.nodes.s.completions, 3);
  assert.equal(results.nodes.s.response.mean, 1);
  assert.equal(results.nodes.s.utilization, 0.3);
  assert.equal(stdout.trim().split('\n').length, 1);
  assert.match(stderr, /^\d+ events in [\d.e-]+ s \([\d.e+]+ events\/s\)\n$/, 'no progress when it is piped');
  assert.ok(!/wall|second.*took/.test(stdout));
});

test('a table for people without --json', () => {
  const { status, stdout } = cli(['run', SHOP, '--duration', '20s']);
  assert.ok(status === FINE || status === BROKEN);
  for (const id of ['orders', 'gateway', 'shoppers']) assert.ok(stdout.includes(id), id);
  assert.match(stdout, /ms/);
  assert.throws(() => JSON.parse(stdout));
});

test('the same seed gives the same bytes, another one others', () => {
  const run = (/** @type {string} */ seed) => cli(['run', SHOP, '--duration', '5s', '--json', '--seed', seed]).stdout;
  const first = run('1');
  assert.ok(first.length > 1000);
  assert.equal(run('1'), first);
  assert.notEqual(run('2'), first);
  assert.equal(JSON.parse(run('9007199254740991')).seed, 9007199254740991);
});

test('--seed=N and --seed N are the same', () => {
  const path = file('exact.json', exact());
  assert.equal(cli(['run', path, '--json', '--seed=77']).stdout, cli(['run', path, '--json', '--seed', '77']).stdout);
});

test('standard input is a file named -', () => {
  const text = JSON.stringify(exact());
  const { status, stdout } = cli(['run', '-', '--json'], text);
  assert.equal(status, FINE);
  assert.equal(stdout, cli(['run', file('exact.json', exact()), '--json']).stdout);
  assert.equal(cli(['check', '-'], text).status, FINE);
  const wrong = cli(['check', '-'], '{');
  assert.equal(wrong.status, WRONG);
  assert.match(wrong.stderr, /^-:1:/);
});

test('--set changes the design first', () => {
  const path = file('exact.json', exact());
  const set = (/** @type {string[]} */ ...values) => {
    const { status, stdout, stderr } = cli(['run', path, '--json', ...values.flatMap((value) => ['--set', value])]);
    assert.equal(status, FINE, stderr);
    return JSON.parse(stdout);
  };
  assert.equal(set('nodes.s.service_time=500ms').nodes.s.response.mean, 0.5);
  assert.equal(set('run.seed=9').seed, 9);
  assert.equal(set('edges.c->s.latency=250ms').nodes.c.response.mean, 1.5);
  const both = set('nodes.s.service_time=3s', 'nodes.s.concurrency=2');
  assert.equal(both.nodes.s.response.mean, 3);
  assert.equal(both.nodes.s.utilization, 9 / 20);
});

test('--duration and --precision stand over the document\'s', () => {
  const path = file('exact.json', exact());
  assert.equal(JSON.parse(cli(['run', path, '--json', '--duration', '1m']).stdout).simulated_s, 60);
  const precise = JSON.parse(cli(['run', MM1, '--json', '--precision', '0.1', '--set', 'run.warmup=10']).stdout);
  assert.ok(precise.simulated_s < 14400, String(precise.simulated_s));
  const { mean, ci95 } = precise.nodes.arrivals.response;
  assert.ok(ci95 / mean <= 0.1);
});

test('--replications averages independent runs', () => {
  const run = (/** @type {string} */ count) => JSON.parse(cli(['run', MM1, '--json', '--duration', '100s', '--set', 'run.warmup=10', '--replications', count]).stdout);
  const [one, ten] = [run('1'), run('10')];
  assert.ok(ten.events > 0);
  assert.notEqual(ten.nodes.server.response.mean, one.nodes.server.response.mean);
  assert.ok(ten.nodes.server.response.ci95 > 0);
  assert.ok(Math.abs(ten.nodes.server.throughput - 90) < 3);
});

// --- Promises ----------------------------------------------------------------------------------

test('an objective that fails is status 1, with the results all the same', () => {
  const slo = (/** @type {string} */ max) => file('slo.json', exact({ slos: [{ name: 'fast', metric: 'nodes.c.response.mean', max }] }));
  const kept = cli(['run', slo('1s'), '--json']);
  assert.equal(kept.status, FINE);
  assert.equal(JSON.parse(kept.stdout).slos[0].pass, true);
  const broken = cli(['run', slo('999ms'), '--json']);
  assert.equal(broken.status, BROKEN);
  assert.deepEqual(JSON.parse(broken.stdout).slos[0], { name: 'fast', metric: 'nodes.c.response.mean', value: 1, max: 0.999, pass: false });
});

test('--assert takes every relation and unit, and names of edges', () => {
  const path = file('exact.json', exact());
  /** @type {[string, number][]} */
  const cases = [
    ['nodes.c.response.mean<1001ms', FINE], ['nodes.c.response.mean<1s', BROKEN], ['nodes.c.response.mean<=1s', FINE], ['nodes.c.response.mean>0.999', FINE],
    ['nodes.c.response.mean>=1000ms', FINE], ['nodes.c.response.mean>1', BROKEN], ['nodes.s.completions==3', FINE], ['nodes.s.completions==4', BROKEN],
    ['nodes.s.throughput<1/s', FINE], ['nodes.s.utilization<=30%', FINE], ['nodes.s.utilization<29%', BROKEN], ['edges.c->s.calls>2', FINE], ['edges.c->s.calls<3', BROKEN],
    ['nodes.s.cost_per_hour<=$0', FINE], ['nodes.c.error_ratio==0', FINE],
  ];
  for (const [assertion, expected] of cases) {
    const { status, stderr } = cli(['run', path, '--assert', assertion]);
    assert.equal(status, expected, `${assertion}: ${stderr}`);
    if (expected === BROKEN) assert.ok(stderr.includes('assertion failed') && stderr.includes(assertion), stderr);
  }
  const all = cli(['run', path, '--assert', 'nodes.s.completions==3', '--assert', 'nodes.s.completions==4', '--assert', 'nodes.s.completions==5']);
  assert.equal(all.status, BROKEN);
  assert.equal(all.stderr.match(/assertion failed/g)?.length, 2, 'each that fails is named');
});

// --- Files -------------------------------------------------------------------------------------

test('--timeline-out writes a row for each interval', () => {
  const csv = join(folder, 'timeline.csv');
  const { status } = cli(['run', file('exact.json', exact({ run: { duration: 10, warmup: 0, sample_interval: 1 } })), '--timeline-out', csv]);
  assert.equal(status, FINE);
  const lines = readFileSync(csv, 'utf8').trim().split('\n');
  const names = lines[0].split(',');
  assert.equal(names[0], 'time_s');
  assert.equal(lines.length, 11);
  const column = names.indexOf('nodes.s.utilization');
  assert.ok(column > 0, lines[0]);
  const rows = lines.slice(1).map((line) => line.split(',').map(Number));
  assert.deepEqual(rows.map((row) => row[0]), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(rows.map((row) => row[column]), [1, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
});

test('--journal-out writes what code was given and said, of a stretch or of the whole run, and changes no result', () => {
  const design = join(root, 'examples/payments/payments.scalesim.json');
  const plain = cli(['run', design, '--duration', '4s', '--json']);
  /** @param {string} name @param {...string} more */
  const journalOf = (name, ...more) => {
    const path = join(folder, name);
    const { stdout, stderr } = cli(['run', design, '--duration', '4s', '--json', '--journal-out', path, ...more]);
    assert.equal(stdout, plain.stdout);
    assert.ok(!stderr.includes('cut off'));
    return JSON.parse(readFileSync(path, 'utf8'));
  };
  const whole = journalOf('whole.json');
  const part = journalOf('part.json', '--journal-from', '1s', '--journal-to', '1500ms');
  assert.deepEqual([whole.from_s, whole.to_s, part.from_s, part.to_s], [0, 4, 1, 1.5]);
  assert.ok(part.inputs.length > 20 && part.messages.length > 20);
  assert.deepEqual(part.inputs.map((/** @type {any} */ { n }) => n),
    whole.inputs.filter((/** @type {any} */ { at_ns }) => at_ns >= 1e9 && at_ns < 1.5e9).map((/** @type {any} */ { n }) => n));
  const { status, stderr } = cli(['run', design, '--duration', '4s', '--journal-out', join(folder, 'none.json'), '--journal-from', '9s']);
  assert.equal(status, WRONG);
  assert.match(stderr, /--journal-from must be before --journal-to/);
});

test('--trace-out writes every event as a line of JSON, in order', () => {
  const path = join(folder, 'trace.jsonl');
  const { stdout, stderr } = cli(['run', file('exact.json', exact()), '--json', '--trace-out', path]);
  const lines = readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines.length, Number(/^(\d+) events/.exec(stderr)?.[1]));
  assert.equal(lines.length, JSON.parse(stdout).events);
  let last = 0;
  for (const { t } of lines) {
    assert.ok(t >= last);
    last = t;
  }
  assert.ok(lines.some(({ node, t }) => node === 's' && t === 1), 'the first service ends at 1 s');
});

test('a file that cannot be written is told', () => {
  const nowhere = join(folder, 'exact.json', 'below-a-file.csv');
  const { status, stderr } = cli(['run', file('exact.json', exact()), '--timeline-out', nowhere]);
  assert.notEqual(status, FINE);
  assert.ok(stderr.includes(nowhere), stderr);
});

// --- The catalog -------------------------------------------------------------------------------

test('the catalog lists every type, for people and as JSON', () => {
  const text = cli(['catalog']);
  assert.equal(text.status, FINE);
  const json = cli(['catalog', '--json']);
  const catalog = JSON.parse(json.stdout);
  const types = catalog.types.map((/** @type {any} */ type) => type.name);
  for (const name of ['client', 'station', 'service', 'cache', 'database', 'queue', 'postgres', 'redis']) {
    assert.ok(types.includes(name), name);
    assert.ok(text.stdout.includes(name), name);
  }
  const one = cli(['catalog', 'postgres']);
  assert.equal(one.status, FINE);
  assert.match(one.stdout, /connections/);
  const schema = JSON.parse(cli(['catalog', '--schema']).stdout);
  assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
  assert.equal(readFileSync(join(root, 'core/model/schema/design-1.schema.json'), 'utf8').trim(), cli(['catalog', '--schema']).stdout.trim());
});

test('the version is that of the results', () => {
  const { status, stdout } = cli(['--version']);
  assert.equal(status, FINE);
  assert.equal(stdout, `scalesim ${JSON.parse(cli(['run', file('exact.json', exact()), '--json']).stdout).engine}\n`);
});

test('compare: the same chance for both, one document or two, as a table or as JSON', () => {
  const slow = file('slow.json', exact());
  const fast = file('fast.json', exact({ nodes: { c: { type: 'client', load: { trace: [[0], [2], [4]] } }, s: { type: 'station', service_time: '500ms' } } }));
  const table = cli(['compare', slow, '--set', 'nodes.s.service_time="500ms"', '--replications', '2']);
  assert.equal(table.status, FINE, table.stderr);
  assert.match(table.stdout, /nodes\.c\.response\.mean +1 s +500 ms +-500 ms +0 s +lower by 50 %: better/);
  const json = cli(['compare', slow, fast, '--replications', '2', '--json']);
  assert.equal(json.status, FINE, json.stderr);
  const comparison = JSON.parse(json.stdout);
  assert.equal(comparison.format, 'scalesim-comparison/1');
  const response = comparison.metrics.find((/** @type {{metric: string}} */ each) => each.metric === 'nodes.c.response.mean');
  assert.deepEqual(response, { metric: 'nodes.c.response.mean', a: 1, b: 0.5, difference: -0.5, ci95: 0, verdict: 'lower', better: true });
  const both = cli(['compare', slow, '--set-a', 'nodes.s.service_time="250ms"', '--set', 'nodes.c.load.trace=[[0],[1]]', '--json']);
  const times = JSON.parse(both.stdout).metrics.find((/** @type {{metric: string}} */ each) => each.metric === 'nodes.s.response.mean');
  assert.equal(times.verdict, 'same', 'B is the changed A, changed further');
});

test('a quantile that rests on too little is a warning and a mark in the table', () => {
  const { status, stdout, stderr } = cli(['run', file('few.json', exact()), '--assert', 'nodes.c.response.p99<2s']);
  assert.equal(status, FINE);
  assert.match(stderr, /warning W309: nodes\.c\.response\.p99 rests on too little: 3 observations/);
  assert.match(stdout, /1 s\?/);
});
