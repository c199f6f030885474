import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from './serve.mjs';

const program = join(dirname(fileURLToPath(import.meta.url)), 'serve.mjs');
/** @type {import('node:http').Server} */
let server;
let folder = '';
let port = 0;

before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'scalesim-serve-'));
    mkdirSync(join(folder, 'dist/deep'), { recursive: true });
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    writeFileSync(join(folder, 'dist/index.html'), '<!doctype html>');
    writeFileSync(join(folder, 'dist/engine.wasm'), Buffer.from([0, 97, 115, 109]));
    writeFileSync(join(folder, 'dist/deep/a b.mjs'), 'export {}');
    server = await serve(join(folder, 'dist'), 0);
    port = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
});
after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
});

/** A request whose path is sent as it stands. @param {string} path @param {string} [method]
 * @returns {Promise<{status: number | undefined, type: string | undefined, body: string}>} */
function ask(path, method = 'GET') {
    return new Promise((done, failed) => {
        request({ host: '127.0.0.1', port, path, method, agent: false }, (response) => {
            let body = '';
            response.setEncoding('latin1').on('data', (text) => { body += text; });
            response.on('end', () => done({ status: response.statusCode, type: response.headers['content-type'], body }));
        }).on('error', failed).end();
    });
}

test('files come with the type the browser needs', async () => {
    assert.deepEqual(await ask('/'), { status: 200, type: 'text/html; charset=utf-8', body: '<!doctype html>' });
    assert.deepEqual(await ask('/engine.wasm'), { status: 200, type: 'application/wasm', body: '\0asm' });
    assert.equal((await ask('/deep/a%20b.mjs?x=1')).type, 'text/javascript; charset=utf-8');
});

test('a HEAD request has no body, and nothing can be written', async () => {
    assert.equal((await ask('/', 'HEAD')).body, '');
    assert.equal((await ask('/', 'POST')).status, 405);
});

test('nothing outside the folder is served', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/deep/..%2f..%2fsecret.txt', '//../secret.txt', '/%00', '/%', '/missing', '/deep']) {
        const { status, body } = await ask(path);
        assert.equal(status, 404, path);
        assert.ok(!body.includes('secret'), path);
    }
});

test('a port that is in use is said so, with another to choose', () => {
    const ran = spawnSync(process.execPath, [program, folder, String(port)], { encoding: 'utf8', timeout: 10_000 });
    assert.equal(ran.status, 1);
    assert.match(ran.stderr, new RegExp(`Port ${port} is in use.*PORT=${port + 1} tools/run`));
});

test('a port that is no port is said so', () => {
    const ran = spawnSync(process.execPath, [program, folder, 'eighty'], { encoding: 'utf8', timeout: 10_000 });
    assert.equal(ran.status, 2);
    assert.match(ran.stderr, /"eighty" is not a port/);
});
