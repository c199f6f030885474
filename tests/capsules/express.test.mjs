// The express target: what is generated is the same each time, and it installs, passes its own tests
// and runs against a real PostgreSQL and Redis.
//
// Running takes a minute, so it is done once for each content: a project whose every byte (and these
// tests) was green before is not run again, unless --all asks for it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { freePort, missingStores, startStores, until } from './stores.mjs';
import { readZip } from './zip.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const program = process.env.SCALESIM_PROGRAM ?? join(root, 'build/scalesim');
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'scalesim/capsules');
const target = join(root, 'core/codegen/targets/express');
const isAll = process.env.SCALESIM_TEST_ALL === '1' || process.argv.includes('--all');
const LINTER = '@redocly/openapi-core@2.64.0';

/** @param {string} command @param {string[]} args @param {object} [options] */
function run(command, args, options = {}) {
    const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, timeout: 300_000, ...options });
    assert.equal(result.status, 0, `${command} ${args.join(' ')}\n${result.error ?? ''}${result.stdout}\n${result.stderr}`);
    return result;
}

/** @param {string} design @param {string} name @returns {Buffer} */
function generateZip(design, name) {
    mkdirSync(cache, { recursive: true });
    const file = join(cache, `${name}-${process.pid}.zip`);
    run(program, ['generate', design, '-o', file, '--target', 'express']);
    const bytes = readFileSync(file);
    rmSync(file);
    return bytes;
}

const sha256 = (/** @type {Buffer | string} */ bytes) => createHash('sha256').update(bytes).digest('hex');

// --- The bytes --------------------------------------------------------------------------------------

describe('the capsule of the snapshot', () => {
    const design = join(target, 'snapshot/shop.scalesim.json');
    /** @type {Buffer} */ let zip;
    before(() => { zip = generateZip(design, 'shop'); });

    test('is what was reviewed', () => {
        const lines = readZip(zip).map(({ path, bytes }) => `${sha256(bytes)}  ${path}`);
        const actual = [...lines, `${sha256(zip)}  (the archive)`, ''].join('\n');
        const folder = join(target, 'snapshot/project');
        if (process.env.UPDATE_SNAPSHOT === '1') {
            rmSync(folder, { recursive: true, force: true });
            for (const { path, bytes } of readZip(zip)) {
                if (path.startsWith('packages/')) continue; // copied as it is
                mkdirSync(dirname(join(folder, `${path}.txt`)), { recursive: true });
                writeFileSync(join(folder, `${path}.txt`), bytes);
            }
            writeFileSync(join(target, 'snapshot/files.sha256'), actual);
        }
        for (const { path, bytes } of readZip(zip)) {
            if (path.startsWith('packages/')) continue;
            const expected = readFileSync(join(folder, `${path}.txt`), 'utf8');
            assert.equal(bytes.toString('utf8'), expected, `${path} changed: look at it, then run this test with UPDATE_SNAPSHOT=1`);
        }
        assert.equal(actual, readFileSync(join(target, 'snapshot/files.sha256'), 'utf8'));
    });

    test('has the same bytes again, dates of 1980 and sorted names', () => {
        assert.equal(sha256(generateZip(design, 'shop')), sha256(zip));
        const entries = readZip(zip);
        const paths = entries.map(({ path }) => path);
        assert.deepEqual(paths, [...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
        for (const { date, time, mode } of entries) {
            assert.equal(date, 0x21);
            assert.equal(time, 0);
            assert.ok(mode === 0o100644 || mode === 0o100755);
        }
    });

    test('is the same as a folder, and from the WebAssembly build', () => {
        const folder = join(cache, `folder-${process.pid}`);
        run(program, ['generate', design, '-o', folder, '--target', 'express']);
        for (const { path, bytes } of readZip(zip)) assert.ok(bytes.equals(readFileSync(join(folder, path))), path);
        const wasm = join(cache, `wasm-${process.pid}.zip`);
        run(process.execPath, [join(root, 'wasm/scalesim.mjs'), 'generate', design, '-o', wasm, '--target', 'express']);
        assert.equal(sha256(readFileSync(wasm)), sha256(zip));
        rmSync(folder, { recursive: true });
        rmSync(wasm);
    });

    test('belongs to its model, holds no secret and no unpinned version', () => {
        const files = new Map(readZip(zip).map(({ path, bytes }) => [path, bytes.toString('utf8')]));
        const model = /** @type {string} */ (files.get('model/corner-shop.scalesim.json'));
        assert.ok(files.get('README.md')?.includes(sha256(model)));
        assert.deepEqual(JSON.parse(model), JSON.parse(readFileSync(design, 'utf8')));
        assert.doesNotMatch([...files.values()].join('\n'), /:latest\b|PASSWORD=\S|PASSWORD: "[^$]/);
        for (const [path, text] of files) {
            if (!path.endsWith('package.json')) continue;
            const { dependencies, devDependencies } = JSON.parse(text);
            for (const version of Object.values({ ...dependencies, ...devDependencies })) assert.match(version, /^\d+\.\d+\.\d+$/, path);
        }
    });
});

// --- The running project ------------------------------------------------------------------------------

/** Removes everything but installed packages, which lie at the top and within workspaces. @param {string} folder */
function clear(folder) {
    for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
        if (entry.name === 'node_modules') continue;
        if (entry.isDirectory()) clear(join(folder, entry.name));
        else rmSync(join(folder, entry.name));
    }
}

/** Writes the files into a folder of the cache, keeping installed packages when the same ones are needed. */
function install(/** @type {ReturnType<typeof readZip>} */ entries, /** @type {string} */ folder) {
    const needed = sha256(entries.filter(({ path }) => path.endsWith('package.json')).map(({ bytes }) => bytes.toString()).join('\n'));
    const stamp = join(folder, 'node_modules/.needed');
    const isInstalled = existsSync(stamp) && readFileSync(stamp, 'utf8') === needed;
    if (isInstalled) clear(folder);
    else rmSync(folder, { recursive: true, force: true });
    for (const { path, bytes, mode } of entries) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), bytes, { mode: mode & 0o777 });
    }
    if (isInstalled) return;
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder });
    writeFileSync(stamp, needed);
}

/** Counts of `node --test`. @param {string} folder @param {Record<string, string>} env */
function ownTests(folder, env) {
    const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...clean } = process.env;
    void NODE_OPTIONS, NODE_TEST_CONTEXT; // the tests inside are not subtests of these
    delete clean.DATABASE_URL;
    delete clean.REDIS_URL;
    const { stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', '--test-timeout=60000'],
        { cwd: folder, env: { ...clean, ...env }, encoding: 'utf8', maxBuffer: 1 << 26, timeout: 300_000 });
    const problems = stdout.split(/^(?=# Subtest)/m).filter((part) => /^not ok/m.test(part));
    assert.deepEqual(problems, [], 'failed among its own tests');
    const count = (/** @type {string} */ what) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1]);
    return { passed: count('pass'), failed: count('fail'), skipped: count('skipped') };
}

async function openapiLinter() {
    const folder = join(cache, `tools-${LINTER.replace(/\W+/g, '-')}`);
    const module = join(folder, 'node_modules/@redocly/openapi-core/package.json');
    if (!existsSync(module)) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'package.json'), '{"private":true}');
        run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', LINTER], { cwd: folder });
    }
    const { exports: entry, main } = JSON.parse(readFileSync(module, 'utf8'));
    const path = main ?? entry['.'].import ?? entry['.'].default;
    return import(pathToFileURL(join(dirname(module), path)).href);
}

/** The compose file holds together: every key once, every dependency there, every image with a version. */
async function checkCompose(/** @type {string} */ folder) {
    await openapiLinter(); // which brings a reader of YAML
    const tools = join(cache, `tools-${LINTER.replace(/\W+/g, '-')}`, 'node_modules/js-yaml/dist/js-yaml.mjs');
    const { load } = await import(pathToFileURL(tools).href);
    const { services } = load(readFileSync(join(folder, 'compose.yaml'), 'utf8')); // throws for a key that is there twice
    for (const [name, service] of Object.entries(services)) {
        for (const needed of Object.keys(service.depends_on ?? {})) assert.ok(services[needed]?.healthcheck, `${name} needs ${needed}`);
        if (service.image) assert.match(service.image, /:\d+(\.\d+)+-/, name);
        else assert.ok(existsSync(join(folder, 'services', service.build.args.SERVICE, 'src/main.js')), name);
        const settings = JSON.stringify(service.environment ?? {});
        assert.doesNotMatch(settings, /PASSWORD":"[^$]|:\/\/[^:/]*:[^$@]+@/, `${name} has a secret`);
    }
}

/** @param {string} folder @param {Record<string, string>} env @param {string} service */
function startService(folder, env, service) {
    const child = spawn(process.execPath, ['src/main.js'], { cwd: join(folder, 'services', service), env: { ...process.env, HOST: '127.0.0.1', ...env } });
    let log = '';
    child.stdout.on('data', (chunk) => { log += chunk; });
    child.stderr.on('data', (chunk) => { log += chunk; });
    const exited = new Promise((resolve) => { child.once('exit', (code) => resolve(code)); });
    return { child, exited, log: () => log };
}

/** @param {string} url @param {unknown} body @param {Record<string, string>} [headers] */
async function post(url, body, headers = {}) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
    return { status: response.status, headers: response.headers, body: await response.json() };
}
const get = async (/** @type {string} */ url) => {
    const response = await fetch(url);
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') ?? '' };
};

/** @param {string} name @param {string} design @param {(run: any) => Promise<void>} check of what is special in it */
function capsuleRuns(name, design, check) {
    describe(`the capsule of ${name}`, () => {
        const zip = generateZip(design, name);
        const entries = readZip(zip);
        const own = readdirSync(here).sort().map((file) => readFileSync(join(here, file), 'utf8')).join('\n');
        const hash = sha256(`${sha256(zip)}\n${sha256(own)}\n${process.version}`);
        const green = join(cache, 'green', hash);
        if (existsSync(green) && !isAll) {
            test(`is unchanged since its green run ${hash.slice(0, 12)}`, () => {
                assert.equal(readFileSync(green, 'utf8'), `${sha256(generateZip(design, name))}\n`);
            });
            return;
        }
        const missing = missingStores();
        test('installs, passes its own tests, starts, answers, loses its stores, drains', { skip: missing ?? false }, async (t) => {
            let failures = 0;
            /** @param {string} what @param {() => unknown} run */
            const step = (what, run) => t.test(what, async () => {
                try {
                    await run();
                } catch (error) {
                    failures++;
                    throw error;
                }
            });
            const folder = join(cache, `express-${name}`);
            const services = JSON.parse(/** @type {any} */ (entries.find(({ path }) => path === 'scripts/services.json')).bytes.toString());
            await step('installs', () => install(entries, folder));
            await step('is clean for its linter', () => run(join(folder, 'node_modules/.bin/eslint'), ['.'], { cwd: folder }));
            await step('has a compose file that holds together', () => checkCompose(folder));
            await step('passes its own tests without stores', () => {
                const { passed, failed } = ownTests(folder, {});
                assert.equal(failed, 0);
                assert.ok(passed >= 40, `${passed} passed`);
            });
            const stores = await startStores();
            t.after(() => stores.close());
            const env = { DATABASE_URL: stores.databaseUrl, REDIS_URL: stores.redisUrl };
            await step('passes all its own tests with stores', () => {
                const { failed, skipped } = ownTests(folder, env);
                assert.deepEqual({ failed, skipped }, { failed: 0, skipped: 0 });
            });
            await runs(step, t, { folder, services, stores, env, check });
            if (failures > 0) return; // a failed step does not stop the ones after it
            mkdirSync(dirname(green), { recursive: true });
            writeFileSync(green, `${sha256(zip)}\n`);
        });
    });
}

/** Everything that needs the services to run. */
async function runs(/** @type {any} */ step, /** @type {any} */ t, /** @type {any} */ { folder, services, stores, env, check }) {
    const ports = new Map();
    for (const { id } of services) ports.set(id, await freePort());
    const urls = Object.fromEntries(services.map((/** @type {any} */ { id, variable }) => [`${variable}_URL`, `http://127.0.0.1:${ports.get(id)}`]));
    const url = (/** @type {string} */ id, path = '') => `http://127.0.0.1:${ports.get(id)}${path}`;
    const running = new Map(services.map((/** @type {any} */ { id }) => [id,
        startService(folder, { ...env, ...urls, PORT: String(ports.get(id)), ERROR_SCALE: '0', TIMEOUT_SCALE: '30' }, id)]));
    t.after(() => { for (const { child } of running.values()) child.kill('SIGKILL'); });
    await until(async () => (await Promise.all(services.map((/** @type {any} */ { id }) => get(url(id, '/readyz'))))).every(({ status }) => status === 200), 'all services to be ready');

    await step('every operation of every service answers', async () => {
        for (const { id } of services) {
            const contract = JSON.parse((await get(url(id, '/openapi.json'))).text);
            const paths = Object.keys(contract.paths).filter((path) => path.startsWith('/operations/'));
            assert.ok(paths.length > 0, id);
            for (const path of paths) {
                const answer = await post(url(id, path), { key: 'k-1', data: { from: 'the test' } });
                assert.equal(answer.status, 200, `${id}${path}: ${JSON.stringify(answer.body)}`);
                assert.equal(answer.body.service, id);
            }
        }
    });
    await check({ step, url, running, post, get });
    await step('contracts are valid OpenAPI 3.1', async () => {
        const { createConfig, lintFromString } = await openapiLinter();
        const config = await createConfig({ extends: ['recommended'] });
        for (const { id } of services) {
            const problems = await lintFromString({ source: (await get(url(id, '/openapi.json'))).text, config });
            assert.deepEqual(problems.map((/** @type {any} */ { ruleId, message }) => `${ruleId}: ${message}`), [], id);
        }
    });
    await step('documentation and its parts are served', async () => {
        const page = await get(url(services[0].id, '/docs'));
        assert.match(page.type, /html/);
        for (const [, path] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
            assert.ok(path.startsWith('/'), `${path} is from elsewhere`);
            assert.equal((await get(url(services[0].id, path))).status, 200, path);
        }
    });
    await step('metrics are in the format of Prometheus', async () => {
        for (const { id } of services) {
            const { text, type } = await get(url(id, '/metrics'));
            assert.match(type, /^text\/plain/);
            assert.match(text, new RegExp(`scalesim_node_response_seconds_count\\{node="${id}"`));
            const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
            if (!checked.error) assert.equal(checked.status, 0, checked.stderr + checked.stdout);
        }
    });
    await step('bodies of another form are problem documents', async () => {
        const contract = JSON.parse((await get(url(services[0].id, '/openapi.json'))).text);
        const [path] = Object.keys(contract.paths);
        const answer = await post(url(services[0].id, path), { ky: 'x' });
        assert.equal(answer.status, 400);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
    });
    for (const store of ['redis', 'postgres']) {
        await step(`/readyz says no while ${store} is away, and yes again`, async () => {
            const states = async () => Promise.all(services.map((/** @type {any} */ { id }) => get(url(id, '/readyz'))));
            await stores.stop(store);
            await until(async () => (await states()).some(({ status }) => status === 503), `a 503 without ${store}`);
            for (const { id } of services) assert.equal((await get(url(id, '/healthz'))).status, 200, id);
            await (store === 'redis' ? stores.startRedis() : stores.startPostgres());
            await until(async () => (await states()).every(({ status }) => status === 200), `all ready again with ${store}`);
        });
    }
    await step('after SIGTERM requests under way end, and the process ends well', async () => {
        const { id } = services.at(-1);
        const port = await freePort();
        const one = startService(folder, { ...env, ...urls, PORT: String(port), WORK_SCALE: '100', WORK_MODE: 'sleep', ERROR_SCALE: '0', TIMEOUT_SCALE: '30' }, id);
        await until(async () => (await get(`http://127.0.0.1:${port}/readyz`)).status === 200, 'readiness');
        const contract = JSON.parse((await get(`http://127.0.0.1:${port}/openapi.json`)).text);
        const [path] = Object.keys(contract.paths);
        const slow = post(`http://127.0.0.1:${port}${path}`, { key: 'k' });
        await until(async () => /scalesim_node_in_service\{[^}]*\} 1/.test((await get(`http://127.0.0.1:${port}/metrics`)).text), 'the request to be under way');
        one.child.kill('SIGTERM');
        assert.equal((await slow).status, 200);
        assert.equal(await one.exited, 0, one.log());
        assert.match(one.log(), /"message":"draining"/);
    });
    await step('all services end well', async () => {
        for (const { child } of running.values()) child.kill('SIGTERM');
        for (const [id, service] of running) assert.equal(await service.exited, 0, `${id}: ${service.log().slice(-500)}`);
    });
}

capsuleRuns('ecommerce', join(root, 'examples/ecommerce/ecommerce.scalesim.json'), async ({ step, url, running, post: ask, get: read }) => {
    await step('a checkout goes through every service, in one trace, and is confirmed', async () => {
        const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
        const answer = await ask(url('gateway', '/operations/checkout'), { key: 'buyer-1', data: { quantity: 2 } },
            { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        const { orders } = answer.body.result;
        assert.equal(orders.orderdb.count, 1, 'an order was written');
        assert.equal(orders.users.sessions.hit, false);
        assert.ok(orders.events.message, 'an event was published');
        const again = await ask(url('gateway', '/operations/checkout'), { key: 'buyer-1' });
        assert.equal(again.body.result.orders.users.sessions.hit, true, 'the session is in the cache now');
        for (const id of ['gateway', 'auth', 'orders', 'users', 'inventory', 'payments']) {
            await until(() => running.get(id).log().includes(traceId), `the trace in the log of ${id}`, 10);
        }
        await until(async () => / [1-9]\d*$/m.test(/^scalesim_messages_total\{[^}]*outcome="consumed".*$/m.exec((await read(url('mailer', '/metrics'))).text)?.[0] ?? ''), 'the mailer to take the event', 20);
        await until(() => running.get('mailer').log().includes('listening'), 'the mailer');
    });
    await step('the load script sends the model\'s load and judges its objectives', async () => {
        const folder = join(cache, 'express-ecommerce');
        const child = spawn(process.execPath, ['scripts/load.mjs', '--duration', '4', '--scale', '0.02'],
            { cwd: folder, env: { ...process.env, GATEWAY_URL: url('gateway') } });
        let out = '';
        child.stdout.on('data', (chunk) => { out += chunk; });
        await new Promise((resolve) => { child.once('exit', resolve); });
        const { nodes, slos } = JSON.parse(out);
        assert.ok(nodes.shoppers.count > 15, out);
        assert.equal(nodes.shoppers.error_ratio, 0, out);
        assert.ok(slos.length >= 2, out);
    });
});

capsuleRuns('shop', join(target, 'snapshot/shop.scalesim.json'), async ({ step, url, post: ask }) => {
    await step('what the rate limit does not admit is refused with 429', async () => {
        const answers = await Promise.all(Array.from({ length: 120 }, (_, i) => ask(url('front-door', '/operations/browse'), { key: `k-${i}` })));
        const refused = answers.filter(({ status }) => status === 429);
        assert.ok(refused.length > 0, 'some of 120 at once are beyond a burst of 50');
        assert.ok(answers.filter(({ status }) => status === 200).length >= 50, 'the burst is admitted');
        assert.equal(refused[0].body.type, 'urn:problem:rate-limited');
        assert.match(refused[0].headers.get('retry-after') ?? '', /^\d+$/);
    });
});

test('every file of the target is used', () => {
    const listed = new Set();
    const { files, partials } = JSON.parse(readFileSync(join(target, 'target.json'), 'utf8'));
    for (const { from } of files) listed.add(from);
    for (const path of Object.values(partials)) listed.add(path);
    const found = readdirSync(join(target, 'files'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
        .map((entry) => relative(target, join(entry.parentPath ?? entry.path, entry.name)));
    assert.deepEqual(found.sort(), [...listed].sort());
});
