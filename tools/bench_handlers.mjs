// tools/bench handlers: events a second of a handler, what metering costs, and what a unit of fuel is in time.
//
// An event is one input of a sandbox with its answer: a request with a JSON body in, a reply out. Times are processor time of this
// process, best of several, with the metered and the plain interpreter in alternation.
//
// The second table is where the default of cpu_per_fuel comes from: the same kernels in the metered interpreter, counted in fuel,
// and compiled by this Node's engine, in nanoseconds.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sandbox } from '../wasm/sandbox.mjs';
import { load, outputsOf, request, traceRequest } from '../tests/boundary/sandbox/inputs.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [folder = join(root, 'build/release/handlers')] = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const isJson = process.argv.includes('--json');
const compile = (/** @type {string} */ name) => new WebAssembly.Module(readFileSync(join(folder, name)));
const RATE_GOAL = 200_000;
const METERING_GOAL = 1.4;
const PROFILE_GOAL = 0.1;
/** Of core/handlers/profile.c: fuel burnt between two traced inputs, in what a trace costs; and what copying counts (sandbox.c). */
const PROFILE_SHARE = 12;
const COPY_BYTES_PER_FUEL = 2;
const ROUNDS = 7;
const EVENTS = 50_000;

/** Twenty operations: eight reads of the request, six of arithmetic, two of the state, a string, a comparison, two of the answer. */
const HANDLER = `
export function onRequest(request, node) {
  const { user, price, count, discount } = request.body;
  let total = price * count - discount;
  total += total * 0.2;
  const key = 'user-' + user;
  const seen = (node.state[key] ?? 0) + 1;
  node.state[key] = seen;
  if (total > 100) total *= 0.9;
  return { total, seen };
}`;
const BODY = { user: 7, price: 12.5, count: 3, discount: 2 };

function cpu_ns(/** @type {() => void} */ work) {
    const begun = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) * 1000;
}

/** Gives a module inputs without the sandbox's bookkeeping, so that the plain one can be measured too. @param {WebAssembly.Module} module */
function bare(module) {
    const exports = /** @type {any} */ (new WebAssembly.Instance(module, {}).exports);
    const refuel = () => { if (exports.scalesim_fuel) exports.scalesim_fuel.value = 1n << 60n; };
    if (exports.scalesim_pages) exports.scalesim_pages.value = 1024;
    refuel();
    exports._initialize();
    exports.guest_initialize();
    return (/** @type {Uint8Array} */ input) => {
        refuel();
        let mailbox = new Uint32Array(exports.memory.buffer, exports.guest_mailbox(), 4);
        if (/** @type {number} */ (mailbox[1]) < input.length) exports.guest_allocate(input.length);
        mailbox = new Uint32Array(exports.memory.buffer, exports.guest_mailbox(), 4);
        new Uint8Array(exports.memory.buffer).set(input, mailbox[0]);
        if (exports.guest_invoke(input.length) !== 0) throw new Error('The input was refused.');
    };
}

function measureEvents() {
    const input = request(1, 'buy', BODY);
    const sandbox = new Sandbox(compile('handlers.wasm'), 32 << 20);
    sandbox.invoke(load(HANDLER), 1e9);
    sandbox.invoke(input, 1e9);
    const said = outputsOf(sandbox.output());
    if (said[0]?.kind !== 'reply') throw new Error(`The handler does not answer: ${JSON.stringify(said)}`);
    const plain = bare(compile('plain.wasm'));
    const metered = bare(compile('handlers.wasm'));
    plain(load(HANDLER));
    metered(load(HANDLER));
    const hosts = {
        sandbox: () => { sandbox.invoke(input, 1e9); sandbox.output(); },
        metered: () => metered(input),
        plain: () => plain(input),
    };
    /** @type {Record<string, number>} */
    const best = {};
    for (let round = 0; round < ROUNDS; round++) {
        for (const [name, once] of Object.entries(hosts)) {
            const ns = cpu_ns(() => { for (let i = 0; i < EVENTS; i++) once(); }) / EVENTS;
            best[name] = Math.min(best[name] ?? Infinity, ns);
        }
    }
    return { ns: best, fuel: sandbox.fuel };
}

/** Small pieces of work as handlers do them. Each is a function of a count. */
const KERNELS = {
    'whole numbers': 'let s = 0; for (let i = 0; i < n; i++) s = (s * 31 + i) | 0; return s;',
    'fractions': 'let s = 0; for (let i = 1; i < n; i++) s += Math.sqrt(i) / i; return s;',
    'properties': 'const o = { a: 1, b: 2, c: 0 }; for (let i = 0; i < n; i++) { o.c = o.a + i; o.a = o.b; o.b = o.c & 1023; } return o.c;',
    'arrays': 'const a = []; for (let i = 0; i < n; i++) a.push(i & 255); let s = 0; for (const x of a) s += x; return s;',
    'objects': 'let o = null; for (let i = 0; i < n; i++) o = { next: i & 7 ? o : null, i }; return o.i;',
    'strings': 'let s = 0; for (let i = 0; i < n; i++) { const t = "user-" + (i & 1023); s += t.length + (t === "user-7" ? 1 : 0); } return s;',
    'maps': 'const m = new Map(); for (let i = 0; i < n; i++) m.set(i & 511, (m.get(i & 511) ?? 0) + 1); return m.size;',
    'calls': 'const f = (x) => (x < 2 ? x : f(x - 1) + 1); let s = 0; for (let i = 0; i < n / 20; i++) s += f(20); return s;',
    'higher-order functions': 'let s = 0; const a = Array.from({ length: 50 }, (_, i) => i); for (let i = 0; i < n / 50; i++) s += a.map((x) => x * 2).filter((x) => x % 3).reduce((x, y) => x + y, 0); return s;',
    'sorting': 'let s = 0; for (let i = 0; i < n / 200; i++) { const a = []; for (let k = 0; k < 200; k++) a.push((k * 7919 + i) % 1009); a.sort((x, y) => x - y); s += a[7]; } return s;',
    'JSON': 'let s = 0; for (let i = 0; i < n / 20; i++) s += JSON.stringify(JSON.parse(\'{"id":7,"name":"someone","tags":["a","b"],"price":12.5}\')).length; return s;',
};
/** What the profile takes of a run's time: a traced input against the inputs until the next. @param {{ fuel: number, ns: { [name: string]: number } }} events */
function measureProfile(events) {
    const sandbox = new Sandbox(compile('handlers.wasm'), 32 << 20);
    sandbox.invoke(load(HANDLER), 1e9);
    const input = request(1, 'buy', BODY);
    let spent = 0;
    const trace = () => {
        sandbox.keep();
        if (sandbox.trace(traceRequest(1, 1e9), input, 1e9) !== 0) throw new Error('The traced input does not end well.');
        const said = sandbox.output();
        spent = Number(new DataView(said.buffer, said.byteOffset).getBigUint64(24, true));
        sandbox.putBack();
    };
    let ns = Infinity;
    for (let round = 0; round < ROUNDS; round++) ns = Math.min(ns, cpu_ns(() => { for (let i = 0; i < 300; i++) trace(); }) / 300);
    const cost = (2 * sandbox.memoryBytes) / COPY_BYTES_PER_FUEL + events.fuel + spent;
    const between_ns = (PROFILE_SHARE * cost * /** @type {number} */ (events.ns.sandbox)) / events.fuel;
    return { ns, spent, share: ns / between_ns };
}

const COUNT = 20_000;
const REPEATS = 60;

function calibrate() {
    const module = compile('handlers.wasm');
    return Object.entries(KERNELS).map(([name, code]) => {
        const sandbox = new Sandbox(module, 64 << 20);
        sandbox.invoke(load(`function kernel(n) { ${code} }\nexport const onRequest = (request) => kernel(request.body);`), 1e10);
        const fuelOf = (/** @type {number} */ count) => {
            if (sandbox.invoke(request(1, '', count), 1e11) !== 0) throw new Error(`The kernel "${name}" does not end well.`);
            return sandbox.fuel;
        };
        const fuel = fuelOf(COUNT) - fuelOf(0);
        const kernel = new Function('n', code);
        let kept = 0;
        const many = () => { for (let i = 0; i < REPEATS; i++) kept += kernel(COUNT); };
        many(); // compiled by now
        let ns = Infinity;
        for (let round = 0; round < ROUNDS; round++) ns = Math.min(ns, cpu_ns(many) / REPEATS);
        if (Number.isNaN(kept)) throw new Error(`The kernel "${name}" computes nothing.`);
        return { name, fuel, ns, ns_per_fuel: ns / fuel };
    });
}

const events = measureEvents();
const profile = measureProfile(events);
const kernels = calibrate();
const rate = 1e9 / /** @type {number} */ (events.ns.sandbox);
const ratio = /** @type {number} */ (events.ns.metered) / /** @type {number} */ (events.ns.plain);
const mean = Math.exp(kernels.reduce((sum, { ns_per_fuel }) => sum + Math.log(ns_per_fuel), 0) / kernels.length);
if (isJson) {
    console.log(JSON.stringify({ events, rate, metering: ratio, profile, kernels, ns_per_fuel: mean }, null, 2));
} else {
    const word = (/** @type {boolean} */ held) => (held ? 'met' : 'missed');
    console.log(`Handler events (20 operations, ${events.fuel} fuel), processor time, best of ${ROUNDS}`);
    console.log(`  sandbox         ${events.ns.sandbox?.toFixed(0).padStart(8)} ns  ${(rate / 1000).toFixed(0).padStart(5)} thousand events/s  goal ≥ ${RATE_GOAL / 1000}: ${word(rate >= RATE_GOAL)}`);
    console.log(`  metered         ${events.ns.metered?.toFixed(0).padStart(8)} ns\n  plain           ${events.ns.plain?.toFixed(0).padStart(8)} ns`);
    console.log(`  metered / plain ${ratio.toFixed(2).padStart(8)} × the time  goal ≤ ${METERING_GOAL}: ${word(ratio <= METERING_GOAL)}`);
    console.log(`  profile         ${profile.ns.toFixed(0).padStart(8)} ns  a traced input, ${(100 * profile.share).toFixed(1)} % of a run's time  goal ≤ ${100 * PROFILE_GOAL} %: ${word(profile.share <= PROFILE_GOAL)}\n`);
    console.log('Fuel and time of the same code, compiled by this Node');
    for (const { name, fuel, ns, ns_per_fuel } of kernels) {
        console.log(`  ${name.padEnd(24)} ${(fuel / COUNT).toFixed(0).padStart(7)} fuel  ${(ns / COUNT).toFixed(2).padStart(8)} ns  ${ns_per_fuel.toFixed(4).padStart(8)} ns a fuel`);
    }
    console.log(`  geometric mean: cpu_per_fuel = ${mean.toPrecision(2)} ns for compiled code`);
    console.log(`  the interpreter itself: cpu_per_fuel = ${(/** @type {number} */ (events.ns.metered) / events.fuel).toPrecision(2)} ns`);
}
