// A PostgreSQL and a Redis of the test's own: on free ports of the loopback, in a temporary folder, as
// a user without rights.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** @returns {Promise<number>} */
export function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
            server.close(() => resolve(port));
        });
    });
}

/** Waits until a condition holds. @param {() => unknown} condition @param {string} what */
export async function until(condition, what, seconds = 60) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        try {
            if (await condition()) return;
        } catch (error) {
            if (Date.now() > end) throw error;
        }
        if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}`);
        await sleep(100);
    }
}

/** @param {number} port @returns {Promise<boolean>} */
function accepts(port) {
    return new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1');
        socket.once('connect', () => { socket.destroy(); resolve(true); });
        socket.once('error', () => resolve(false));
    });
}

/** Where PostgreSQL's programs are: Debian keeps them out of the PATH. @returns {string | null} */
function postgresFolder() {
    const base = '/usr/lib/postgresql';
    const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
    return versions.map((version) => join(base, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** What keeps the stores from starting on this machine, or null. */
export function missingStores() {
    if (!postgresFolder()) return 'PostgreSQL is not installed (tools/setup test installs it)';
    if (spawnSync('redis-server', ['--version']).error) return 'Redis is not installed (tools/setup test installs it)';
    return null;
}

const isRoot = process.getuid?.() === 0;
/** The user's id and group: PostgreSQL refuses to run as root. */
function user() {
    if (!isRoot) return {};
    const id = (/** @type {string} */ flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
    return { uid: id('-u'), gid: id('-g') };
}

export async function startStores() {
    const folder = mkdtempSync(join(tmpdir(), 'capsule-stores-'));
    const as = user();
    chmodSync(folder, 0o700);
    if (as.uid !== undefined) chownSync(folder, as.uid, as.gid);
    const bin = /** @type {string} */ (postgresFolder());
    const data = join(folder, 'postgres');
    const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'capsule', '--no-sync', '-E', 'UTF8', '--locale=C'],
        { ...as, cwd: folder, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
    const postgresPort = await freePort();
    const redisPort = await freePort();
    /** @type {import('node:child_process').ChildProcess | null} */ let postgres = null;
    /** @type {import('node:child_process').ChildProcess | null} */ let redis = null;

    const stores = {
        databaseUrl: `postgres://capsule@127.0.0.1:${postgresPort}/postgres`,
        redisUrl: `redis://127.0.0.1:${redisPort}`,
        async startPostgres() {
            postgres = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(postgresPort), '-c', 'listen_addresses=127.0.0.1',
                '-c', `unix_socket_directories=${folder}`, '-c', 'fsync=off', '-c', 'max_connections=300'], { ...as, cwd: folder, stdio: 'ignore' });
            await until(() => spawnSync(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(postgresPort)]).status === 0, 'PostgreSQL');
        },
        async startRedis() {
            redis = spawn('redis-server', ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
                { ...as, cwd: folder, stdio: 'ignore' });
            await until(() => accepts(redisPort), 'Redis');
        },
        /** @param {'postgres' | 'redis'} name */
        async stop(name) {
            const child = name === 'postgres' ? postgres : redis;
            if (!child || child.exitCode !== null) return;
            const ended = new Promise((resolve) => { child.once('exit', resolve); });
            child.kill(name === 'postgres' ? 'SIGINT' : 'SIGTERM'); // PostgreSQL: end the sessions, too
            await ended;
        },
        async close() {
            await stores.stop('postgres');
            await stores.stop('redis');
            rmSync(folder, { recursive: true, force: true });
        },
    };
    await Promise.all([stores.startPostgres(), stores.startRedis()]);
    return stores;
}
