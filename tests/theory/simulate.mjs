// What the theory tests share: running a design on the native command line, and comparing a
// simulated mean with the closed form.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = resolve(dirname(fileURLToPath(import.meta.url)), '../../build/scalesim');

/**
 * Runs a design and answers with its results.
 * @param {object} design without `format` and `name`
 * @param {{seed?: number, args?: string[]}} [options]
 * @returns {Promise<any>}
 */
export function simulate(design, { seed = 1, args = [] } = {}) {
    return new Promise((done, failed) => {
        const child = execFile(program, ['run', '-', '--json', '--seed', String(seed), ...args], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
            if (error && error.code !== 1) failed(new Error(stderr || error.message));
            else done(JSON.parse(stdout));
        });
        child.stdin?.end(JSON.stringify({ format: 'scalesim/1', name: 'theory', ...design }));
    });
}

/** Results for seeds 1…count, in that order. @param {object} design @param {number} count */
export async function simulateSeeds(design, count) {
    /** @type {any[]} */
    const results = [];
    let next = 0;
    await Promise.all(Array.from({ length: availableParallelism() }, async () => {
        while (next < count) {
            const index = next++;
            results[index] = await simulate(design, { seed: index + 1 });
        }
    }));
    return results;
}

/**
 * One source and one station: `arrivals` calls `server`.
 * @param {object} load @param {object} server @param {object} run
 */
export const station = (load, server, run) => ({
    nodes: { arrivals: { type: 'client', load }, server: { type: 'station', ...server } },
    edges: [{ from: 'arrivals', to: 'server' }],
    run: { warmup: '0s', ...run },
});

/**
 * A mean with its interval agrees with the truth: within the run's own 95 % half-width, or 1 %, whichever is larger.
 * @param {{mean: number, ci95: number | null}} simulated @param {number} truth @param {string} what
 */
export function agrees(simulated, truth, what) {
    assert.ok(Number.isFinite(simulated.mean), `${what} has a mean`);
    assert.ok(simulated.ci95 !== null && simulated.ci95 > 0, `${what} has a confidence interval`);
    // An interval too wide to mean anything would make this pass for any engine.
    assert.ok(simulated.ci95 < 0.2 * truth, `${what}: the interval ±${simulated.ci95} is too wide to test ${truth}`);
    near(simulated.mean, truth, Math.max(simulated.ci95, 0.01 * truth), what);
}

/** @param {number} actual @param {number} truth @param {number} tolerance @param {string} what */
export function near(actual, truth, tolerance, what) {
    assert.ok(Math.abs(actual - truth) <= tolerance, `${what} is ${actual}, theory says ${truth} (±${tolerance})`);
}

/** Erlang C: the probability that an arrival to M/M/c waits. @param {number} servers @param {number} offered λ/μ */
export function erlangC(servers, offered) {
    let blocking = 1; // Erlang B by its recursion
    for (let busy = 1; busy <= servers; busy++) blocking = (offered * blocking) / (busy + offered * blocking);
    const utilization = offered / servers;
    return blocking / (1 - utilization + utilization * blocking);
}
