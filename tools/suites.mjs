// Builds what the chosen suites need, runs them and adds up their counts (see tools/test).
//
// Suites are found by folder: the C programs of tests/unit, tests/theory and tests/fuzz, the page's
// types, and each folder of tests/ (and the modules' own) with *.test.mjs files under `node --test`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const isAll = process.argv.includes('--all');
const filters = process.argv.slice(2).filter((argument) => argument !== '--all');

const JOB_SECONDS_MAX = 900; // three times the slowest suite seen, on two cores
const FUZZ_SECONDS = isAll ? 120 : 8; // a fuzzer's share; its corpus is replayed in the first second
const OUTPUT_CHARACTERS_MAX = 100_000; // of one job; the end is what says why it failed
const ALONE = new Set(['browser']); // these drive a browser: no other suite runs beside them
const LANES = Math.min(2, availableParallelism()); // but two of their files may: much of their time is waiting
const TIMED = new Set(['documents', 'handlers', 'hostile', 'kills', 'time']); // files that measure time: one by one
const SLOW_FIRST = ['capsules', 'theory', 'golden', 'unit'];

/**
 * @typedef {{passed: number, failed: number, skipped: number}} Counts
 * @typedef {object} Job one process
 * @property {string} command
 * @property {string[]} args
 * @property {(output: string, status: number | null) => Counts | null} count null: it broke
 * @property {boolean} [isBeside] another job of the suite may run at the same time
 * @typedef {object} Suite
 * @property {string} name
 * @property {string[]} builds presets, or "web"
 * @property {string[]} files what a filter can match beside the name
 * @property {(files: string[], names: string[]) => Job[]} jobs
 */

/** Files below a folder whose name matches, sorted. @param {string} folder @param {RegExp} pattern @returns {string[]} */
function filesBelow(folder, pattern) {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        if (!entry.isDirectory()) return pattern.test(entry.name) ? [path] : [];
        return entry.name === 'node_modules' || entry.name === 'files' ? [] : filesBelow(path, pattern);
    }).sort();
}

/** Counts from text that a pattern finds at the end; null if a failure is not accounted for.
 * @param {RegExp} pattern @returns {Job['count']} */
const countsAtEnd = (pattern) => (output, status) => {
    const found = pattern.exec(output);
    if (!found) return null;
    const [passed, failed, skipped] = found.slice(1, 4).map((digits) => Number(digits ?? 0));
    return status !== 0 && failed === 0 ? null : { passed, failed, skipped };
};
const countsOfProgram = countsAtEnd(/(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/);
const countsOfReporter = countsAtEnd(/@@\{"passed":(\d+),"failed":(\d+),"skipped":(\d+)\}\s*$/);
/** @type {Job['count']} */
const countOfStatus = (_, status) => (status === 0 ? { passed: 1, failed: 0, skipped: 0 } : null);

/** @returns {Suite[]} */
function programSuites() {
    const unit = ['tests/unit', 'tests/bugs'].flatMap((folder) => filesBelow(join(root, folder), /\.c$/))
        .concat(filesBelow(join(root, 'core/components'), /^test_.*\.c$/));
    const theory = filesBelow(join(root, 'tests/theory'), /\.c$/).filter((file) => basename(dirname(file)) === 'theory');
    const fuzzers = filesBelow(join(root, 'tests/fuzz'), /^fuzz_.*\.c$/);
    return [
        { name: 'unit', builds: ['debug'], files: unit, jobs: (_, names) => [unitJob(names)] },
        { name: 'theory', builds: ['release'], files: theory, jobs: (files) => files.map(theoryJob) },
        { name: 'fuzz', builds: ['fuzz'], files: fuzzers, jobs: (files) => files.map(fuzzJob) },
    ].filter(({ files }) => files.length > 0);
}

/** @param {string[]} names @returns {Job} */
function unitJob(names) {
    return { command: join(root, 'build/debug/unit'), args: names, count: countsOfProgram };
}

/** @param {string} file @returns {Job} */
function theoryJob(file) {
    return { command: join(root, 'build/release', `theory_${basename(file, '.c')}`), args: [], count: countsOfProgram };
}

/** @param {string} file @returns {Job} */
function fuzzJob(file) {
    const name = basename(file, '.c');
    const corpus = join(root, 'tests/fuzz/corpus', name);
    const found = join(root, 'build/fuzz/found', name); // new inputs stay out of the checkout
    mkdirSync(found, { recursive: true });
    return {
        command: join(root, 'build/fuzz', name),
        args: [`-max_total_time=${FUZZ_SECONDS}`, '-seed=1', '-timeout=10', '-rss_limit_mb=2048', '-verbosity=0',
            `-artifact_prefix=${found}-`, found, ...(existsSync(corpus) ? [corpus] : [])],
        count: countOfStatus,
    };
}

/** The page's types hold: `tsc --strict --checkJs`. @returns {Suite[]} */
function typeSuites() {
    if (!existsSync(join(root, 'web/tsconfig.json'))) return [];
    return [{
        name: 'types', builds: [], files: [join(root, 'web/tsconfig.json')],
        jobs: () => [{ command: 'npm', args: ['--prefix', join(root, 'web'), 'run', '--silent', 'check'], count: countOfStatus }],
    }];
}

/** Builds that a folder of Node tests needs. @param {string} name */
function buildsOf(name) {
    if (name === 'golden') return ['release', 'wasm', 'debug', 'gcc-O0', 'gcc-O2', 'clang-O0', 'clang-O2'];
    if (name === 'tools') return [];
    if (name === 'tidy') return ['release', 'wasm'];
    return name === 'browser' || name === 'web' ? ['release', 'wasm', 'web'] : ['release', 'wasm'];
}

/** @param {string[]} files @returns {Job} */
function nodeJob(files) {
    return {
        command: process.execPath,
        args: ['--test', '--test-concurrency=1', `--test-reporter=${join(root, 'tools/reporter.mjs')}`, ...files],
        count: countsOfReporter,
    };
}

/** @returns {Suite[]} */
function nodeSuites() {
    const folders = readdirSync(join(root, 'tests'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
        .map((entry) => join(root, 'tests', entry.name));
    for (const folder of ['core', 'wasm', 'web', 'tools', 'examples']) folders.push(join(root, folder));
    return folders.map((folder) => {
        const name = basename(folder);
        return {
            name, builds: buildsOf(name), files: filesBelow(folder, /\.test\.mjs$/),
            // A browser's files take long: each has the time of a job.
            jobs: (files) => (ALONE.has(name) ? files.map((file) => ({ ...nodeJob([file]), isBeside: !TIMED.has(basename(file, '.test.mjs')) })) : [nodeJob(files)]),
        };
    }).filter(({ files }) => files.length > 0);
}

/** What the filters choose: a suite's name, else files, else unit tests by name. @returns {{suite: Suite, jobs: Job[]}[]} */
function choose() {
    const suites = [...programSuites(), ...typeSuites(), ...nodeSuites()];
    if (filters.length === 0) return suites.map((suite) => ({ suite, jobs: suite.jobs(suite.files, []) }));
    const chosen = suites.flatMap((suite) => {
        if (filters.some((filter) => suite.name.includes(filter))) return [{ suite, jobs: suite.jobs(suite.files, []) }];
        const matched = suite.files.filter((file) => filters.some((filter) => relative(root, file).includes(filter)));
        const names = suite.name === 'unit' ? matched.map((file) => basename(file)) : [];
        return matched.length > 0 ? [{ suite, jobs: suite.jobs(matched, names) }] : [];
    });
    if (chosen.length > 0) return chosen;
    return suites.filter(({ name }) => name === 'unit').map((suite) => ({ suite, jobs: suite.jobs([], filters) }));
}

/** @param {string[]} builds */
function build(builds) {
    const presets = builds.filter((name) => name !== 'web');
    for (const [what, command] of [
        ...presets.map((name) => [`building ${name}`, `build_preset ${name}`]),
        ...(builds.includes('web') ? [['bundling the page', 'build_web']] : []),
    ]) {
        const begun = performance.now();
        const { status } = spawnSync('bash', ['-c', `. ${JSON.stringify(join(root, 'tools/lib.sh'))}; ${command}`], { stdio: 'inherit' });
        if (status !== 0) {
            console.log(`${what} failed (above): nothing was tested\n0 passed, 1 failed, 0 skipped`);
            process.exit(1);
        }
        console.error(`-- ${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    }
}

/** Process groups of running jobs, so that an interrupted test leaves no browser or server behind.
 * @type {Set<number>} */
const running = new Set();
for (const [signal, status] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143]])) {
    process.on(signal, () => {
        for (const pid of running) process.kill(-pid, 'SIGTERM');
        process.exit(status);
    });
}

/** @param {Job} job @returns {Promise<{counts: Counts, output: string}>} */
function runJob({ command, args, count }) {
    return new Promise((done) => {
        const child = spawn(command, args, {
            cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
            env: { ...process.env, SCALESIM_TEST_ALL: isAll ? '1' : '', ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0' },
        });
        if (child.pid) running.add(child.pid);
        let output = '';
        let note = '';
        for (const stream of [child.stdout, child.stderr]) {
            stream.setEncoding('utf8').on('data', (text) => { output = (output + text).slice(-OUTPUT_CHARACTERS_MAX); });
        }
        const timer = setTimeout(() => {
            note = `\nstopped after ${JOB_SECONDS_MAX} s`;
            if (child.pid) process.kill(-child.pid, 'SIGKILL'); // with whatever it started
        }, JOB_SECONDS_MAX * 1000);
        child.on('error', (error) => { note = `\n${error.message}`; });
        child.on('close', (status, signal) => {
            clearTimeout(timer);
            if (child.pid) running.delete(child.pid);
            const counts = count(output, status);
            if (counts) return done({ counts, output });
            const how = signal ? `was ended by ${signal}` : `ended with status ${status}`;
            done({
                counts: { passed: 0, failed: 1, skipped: 0 },
                output: `${output}${note}\nFAILED ${relative(root, command)} ${args.slice(-1).join(' ')}: it ${how}\n`,
            });
        });
    });
}

const total = { passed: 0, failed: 0, skipped: 0 };

/** Runs one suite and prints what came of it. @param {{suite: Suite, jobs: Job[]}} chosen */
async function runSuite({ suite, jobs }) {
    const begun = performance.now();
    const counts = { passed: 0, failed: 0, skipped: 0 };
    let said = '';
    /** @type {Map<Job, Awaited<ReturnType<typeof runJob>>>} */
    const results = new Map();
    const beside = jobs.filter(({ isBeside }) => isBeside);
    await Promise.all(Array.from({ length: LANES }, async () => {
        for (let next = beside.shift(); next; next = beside.shift()) results.set(next, await runJob(next));
    }));
    for (const job of jobs) {
        const result = results.get(job) ?? await runJob(job);
        for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) counts[key] += result.counts[key];
        const lines = result.output.split('\n').filter((line) => !line.startsWith('@@'));
        said += result.counts.failed > 0 ? `${lines.join('\n').trimEnd()}\n`
            : lines.filter((line) => line.startsWith('skipped ')).map((line) => `${line}\n`).join('');
    }
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += counts[key];
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(`${said}== ${suite.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${seconds} s)`);
}

async function main() {
    const chosen = choose();
    if (chosen.length === 0) {
        console.error(`No suite, test file or unit test matches ${filters.join(' ')}.`);
        process.exit(2);
    }
    build([...new Set(chosen.flatMap(({ suite }) => suite.builds))]);
    /** @param {{suite: Suite}} chosen */
    const rank = ({ suite }) => (SLOW_FIRST.includes(suite.name) ? SLOW_FIRST.indexOf(suite.name) : SLOW_FIRST.length);
    const together = chosen.filter(({ suite }) => !ALONE.has(suite.name)).sort((a, b) => rank(a) - rank(b));
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, async () => {
        for (let next = together.shift(); next; next = together.shift()) await runSuite(next);
    }));
    for (const alone of chosen.filter(({ suite }) => ALONE.has(suite.name))) await runSuite(alone);
    if (total.passed + total.failed + total.skipped === 0) {
        console.error(`No test matches ${filters.join(' ')}.`);
        process.exit(2);
    }
    console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    process.exit(total.failed > 0 ? 1 : 0);
}

await main();
