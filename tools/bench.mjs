// The rows of tools/bench: what each measures, its design, and its goal.
//
// An event is one entry taken from the event queue: in M/M/1 an arrival and a departure are two. The time is
// what `scalesim run` prints: from the first event to the last, and for a document from its file to the first
// event. On a machine that others use, --cpu takes the processor time of the thread instead (SCALESIM_CLOCK).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const made = join(root, 'build/bench');

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {() => string} design path
 * @property {number} events about how many to run
 * @property {'event' | 'hop' | 'load'} unit
 * @property {number} goal ns (or ms for `load`) natively
 * @property {number} ratio goal of WebAssembly time / native time; of the native goal for `load`
 * @property {string} note
 * @typedef {{name: string, command: string[], ready?: boolean}} Host
 */

/** @param {string} name @param {object} design */
function write(name, design) {
    mkdirSync(made, { recursive: true });
    const path = join(made, `${name}.scalesim.json`);
    writeFileSync(path, JSON.stringify({ format: 'scalesim/1', name, ...design }));
    return path;
}

/** M/M/1 stations side by side, each with its own source. @param {number} count */
function parallelStations(count) {
    /** @type {Record<string, object>} */
    const nodes = {};
    const edges = [];
    for (let index = 0; index < count; index++) {
        nodes[`source${index}`] = { type: 'client', load: { rate: '90/s' } };
        nodes[`station${index}`] = { type: 'station', service_time: 'exp(10ms)' };
        edges.push({ from: `source${index}`, to: `station${index}` });
    }
    return write(`parallel-${count}`, { nodes, edges, run: { duration: '60s', warmup: '1s', seed: 1 } });
}

/** As many events pending as there are users: all think, or are served without a queue. @param {number} users */
function pendingEvents(users) {
    return write(`pending-${users}`, {
        nodes: {
            users: { type: 'client', load: { users, think: 'exp(1s)' } },
            delay: { type: 'station', concurrency: 'inf', service_time: 'exp(1s)' },
        },
        edges: [{ from: 'users', to: 'delay' }],
        run: { duration: '60s', warmup: '2s', seed: 1 },
    });
}

/** A tree of services, as deep as a big company's. @param {number} count */
function bigDocument(count) {
    /** @type {Record<string, object>} */
    const nodes = { shoppers: { type: 'client', load: { rate: '10/s' } } };
    const edges = [{ from: 'shoppers', to: 'service1' }];
    for (let index = 1; index < count; index++) {
        nodes[`service${index}`] = { type: 'service', replicas: 2, concurrency: 32, service_time: 'lognormal(mean=2ms, cv=0.6)' };
        if (index > 1) edges.push({ from: `service${index >> 1}`, to: `service${index}` });
    }
    return write(`document-${count}`, { nodes, edges, run: { duration: '1ms', warmup: '0s', seed: 1 } });
}

/** @type {Row[]} */
const ROWS = [
    { name: 'M/M/1, one station', design: () => join(root, 'examples/mm1/mm1.scalesim.json'), events: 20e6, unit: 'event', goal: 45, ratio: 1.25,
        note: 'utilisation 0.9' },
    { name: '1,000 stations in parallel', design: () => parallelStations(1000), events: 10e6, unit: 'event', goal: 110, ratio: 1.3,
        note: '1,000 × M/M/1 at 0.9' },
    { name: '2,000 pending events', design: () => pendingEvents(2000), events: 10e6, unit: 'event', goal: 250, ratio: 1.3, note: 'closed, no queues' },
    { name: '100,000 pending events', design: () => pendingEvents(100000), events: 10e6, unit: 'event', goal: 250, ratio: 1.3,
        note: 'at most 2.5 × the row above' },
    { name: 'e-commerce example', design: () => join(root, 'examples/ecommerce/ecommerce.scalesim.json'), events: 5e6, unit: 'hop', goal: 1200, ratio: 1.4,
        note: 'per arrival at a node' },
    { name: 'document of 1,000 nodes', design: () => bigDocument(1000), events: 0, unit: 'load', goal: 20, ratio: 2,
        note: 'from its file to the first event' },
];

/** @param {string[]} args */
function parse(args) {
    const options = { filters: /** @type {string[]} */ ([]), against: '', runs: 5, json: false, cpu: false };
    for (let index = 0; index < args.length; index++) {
        const argument = args[index];
        if (argument === '--json') options.json = true;
        else if (argument === '--cpu') options.cpu = true;
        else if (argument === '--against' && args[index + 1]) options.against = resolve(args[++index]);
        else if (argument === '--runs' && Number(args[index + 1]) >= 1) options.runs = Math.floor(Number(args[++index]));
        else if (argument.startsWith('-')) stop(`${argument}: unknown, or its value is missing; see tools/bench --help`);
        else options.filters.push(argument.toLowerCase());
    }
    return options;
}

/** @param {string} message @returns {never} */
function stop(message) {
    console.error(message);
    process.exit(2);
}

/** The hosts to measure. @param {string} against @returns {Host[]} */
function hosts(against) {
    const list = [
        { name: 'native', command: [join(root, 'build/scalesim')] },
        { name: 'wasm', command: [process.execPath, join(root, 'wasm/scalesim.mjs')] },
    ];
    if (!against) return list;
    if (!existsSync(against)) stop(`${against} does not exist; give a scalesim program or a checkout`);
    if (statSync(against).isFile()) return [...list, { name: 'native (other)', command: [against] }];
    const native = join(against, 'build/scalesim');
    const wasm = join(against, 'wasm/scalesim.mjs');
    if (!existsSync(native)) stop(`${native} is not built; run tools/bench there first`);
    return [...list, { name: 'native (other)', command: [native] },
        ...(existsSync(wasm) ? [{ name: 'wasm (other)', command: [process.execPath, wasm] }] : [])];
}

/** One run. @param {Host} host @param {string[]} args */
function run(host, args) {
    const { command } = host;
    const begun = process.hrtime.bigint();
    // bash's `time` is the only portable way to a child's processor time; its line comes last.
    const env = { ...process.env, SCALESIM_CLOCK: options.cpu ? 'cpu' : '' };
    const asks = host.ready !== false && args[0] === 'run' ? [...args, '--ready'] : args;
    const ran = spawnSync('bash', ['-c', 'TIMEFORMAT="cpu %U %S"; time "$0" "$@"', ...command, ...asks], { encoding: 'utf8', maxBuffer: 1 << 28, env });
    if (ran.status === 2 && ran.stderr.includes('--ready') && asks !== args) { // an older build
        host.ready = false;
        return run(host, args);
    }
    const wall_ms = Number(process.hrtime.bigint() - begun) / 1e6;
    const cpu = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(ran.stderr);
    const cpu_ms = cpu ? (Number(cpu[1]) + Number(cpu[2])) * 1e3 : NaN;
    if (ran.status !== 0 && ran.status !== 1) stop(`${command.join(' ')} ${args.join(' ')} failed:\n${ran.stderr || ran.error}`);
    const line = /(\d+) events in ([\d.e+-]+) s \(/.exec(ran.stderr);
    const ready = /the first after ([\d.e+-]+) ms/.exec(ran.stderr); // older builds do not know the clock
    return { ready_ms: Number(ready?.[1] ?? NaN), time_ms: options.cpu ? cpu_ms : wall_ms, events: Number(line?.[1] ?? NaN), seconds: Number(line?.[2] ?? NaN), out: ran.stdout };
}

/** @param {number[]} values */
function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Arguments that make a run of about the row's events, and how many units of work an event is.
 * @param {Row} row @param {Host} host */
function calibrate(row, host) {
    const design = row.design();
    if (row.unit === 'load') return { args: ['run', design, '--json'], unitsPerEvent: 1 };
    const short = run(host, ['run', design, '--json']);
    const results = JSON.parse(short.out);
    const duration = (results.simulated_s * row.events) / short.events;
    const types = JSON.parse(readFileSync(design, 'utf8')).nodes;
    const arrivals = Object.entries(results.nodes).filter(([id]) => types[id].type !== 'client')
        .reduce((sum, [, node]) => sum + node.arrivals, 0);
    // Arrivals are counted after the warm-up, events from the start.
    const measured = (results.simulated_s - results.warmup_s) / results.simulated_s;
    return {
        args: ['run', design, '--json', '--duration', `${duration.toPrecision(4)}s`],
        unitsPerEvent: row.unit === 'hop' ? arrivals / (short.events * measured) : 1,
    };
}

/** What a run took: ns of its events, or ms to its first one.
 * @param {Row} row @param {Host} host @param {string[]} args @param {ReturnType<typeof run>} ran */
function sample(row, host, args, { ready_ms, time_ms, seconds }) {
    if (row.unit === 'load') return Number.isNaN(ready_ms) ? time_ms - run(host, ['--help']).time_ms : ready_ms;
    if (!options.cpu || !Number.isNaN(ready_ms)) return seconds * 1e9;
    return (time_ms - run(host, [...args, '--duration', '1ms']).time_ms) * 1e6;
}

/** @param {Row} row @param {Host[]} measured @param {number} runs */
function measure(row, measured, runs) {
    const { args, unitsPerEvent } = calibrate(row, measured[0]);
    /** @type {Map<string, number[]>} */
    const samples = new Map(measured.map(({ name }) => [name, []]));
    let events = 0;
    for (let round = 0; round < runs; round++) {
        for (const host of measured) { // in alternation, so that a slow spell hits all alike
            const ran = run(host, args);
            events = ran.events;
            samples.get(host.name)?.push(sample(row, host, args, ran) / (row.unit === 'load' ? 1 : ran.events * unitsPerEvent));
        }
    }
    return { events, values: new Map([...samples].map(([name, values]) => [name, {
        median: median(values), low: Math.min(...values), high: Math.max(...values) }])) };
}

const options = parse(process.argv.slice(2));
const measuredHosts = hosts(options.against);
const rows = ROWS.filter(({ name }) => options.filters.length === 0 || options.filters.some((filter) => name.toLowerCase().includes(filter)));
if (rows.length === 0) stop(`No row matches; the rows are:\n${ROWS.map(({ name }) => `  ${name}`).join('\n')}`);

/** @type {object[]} */
const table = [];
if (!options.json) {
    console.log(`Medians of ${options.runs} (lowest…highest) of ${options.cpu ? 'processor time' : 'wall-clock time'}, hosts in alternation, on ${availableParallelism()} × ${cpus()[0]?.model.trim()}.`);
    console.log('An event is one entry taken from the event queue (M/M/1: one arrival and one departure are two events).\n');
}
for (const row of rows) {
    const { events, values } = measure(row, measuredHosts, options.runs);
    const native = /** @type {{median: number}} */ (values.get('native')).median;
    const wasm = /** @type {{median: number}} */ (values.get('wasm')).median;
    table.push({ row: row.name, unit: row.unit, events, goal: row.goal, ratio: wasm / native, ratio_goal: row.ratio, ...Object.fromEntries(values) });
    if (options.json) continue;
    const unit = row.unit === 'load' ? 'ms' : `ns/${row.unit}`;
    console.log(`${row.name} (${row.note}${row.unit === 'load' ? '' : `; ${(events / 1e6).toFixed(1)} M events a run`})`);
    for (const [name, { median: middle, low, high }] of values) {
        const rate = row.unit === 'event' ? `  ${(1000 / middle).toFixed(2).padStart(7)} M events/s` : '';
        const goal = name === 'native' ? `  goal ≤ ${row.goal}: ${middle <= row.goal ? 'met' : 'missed'}` : '';
        const against = name.startsWith('native (') ? `  this build takes ${(native / middle).toFixed(3)} × its time`
            : name.startsWith('wasm (') ? `  this build takes ${(wasm / middle).toFixed(3)} × its time` : '';
        console.log(`  ${name.padEnd(15)} ${middle.toFixed(1).padStart(8)} ${unit} (${low.toFixed(1)}…${high.toFixed(1)})${rate}${goal}${against}`);
    }
    const ratio = wasm / native;
    if (row.unit === 'load') {
        const limit = row.goal * row.ratio;
        console.log(`  wasm / native   ${ratio.toFixed(2).padStart(8)} × the time  goal for wasm ≤ ${limit} ms: ${wasm <= limit ? 'met' : 'missed'}\n`);
        continue;
    }
    console.log(`  wasm / native   ${ratio.toFixed(2).padStart(8)} × the time (${(100 / ratio).toFixed(0)} % of the rate)  goal ≤ ${row.ratio}: ${ratio <= row.ratio ? 'met' : 'missed'}\n`);
}
if (options.json) console.log(JSON.stringify(table, null, 2));
