// Orders of service against their closed forms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agrees, simulate, station } from './simulate.mjs';

const RATE = 70;
const MEAN = 0.01;
const RHO = RATE * MEAN;
const RUN = { duration: '8h', warmup: '1m' };
/** Its E[S²]/E[S]² is 6.5: what depends on the distribution shows. */
const VARIABLE = 'hyperexp(0.9: 5ms, 0.1: 55ms)';
const VARIABLE_SECOND_MOMENT = 2 * (0.9 * 0.005 ** 2 + 0.1 * 0.055 ** 2);

for (const discipline of ['fifo', 'lifo', 'random']) {
    test(`M/G/1 ${discipline}: orders blind to size share the mean of Pollaczek and Khinchine`, async () => {
        const results = await simulate(station({ rate: RATE }, { service_time: VARIABLE, discipline }, { ...RUN, duration: '24h' }));
        agrees(results.nodes.server.response, MEAN + (RATE * VARIABLE_SECOND_MOMENT) / (2 * (1 - RHO)), 'response');
    });
}

test('the spread grows from fifo to random to lifo', async () => {
    const deviations = await Promise.all(['fifo', 'random', 'lifo'].map(async (discipline) => (
        await simulate(station({ rate: RATE }, { service_time: 'exp(10ms)', discipline }, RUN))).nodes.server.response.sd));
    assert.ok(deviations[0] * 1.1 < deviations[1] && deviations[1] * 1.1 < deviations[2], deviations.join(' < '));
});

for (const service of ['10ms', 'exp(10ms)', VARIABLE]) {
    test(`M/G/1 ps with ${service}: the mean does not depend on the distribution`, async () => {
        const results = await simulate(station({ rate: RATE }, { service_time: service, discipline: 'ps' }, RUN));
        agrees(results.nodes.server.response, MEAN / (1 - RHO), 'response');
    });
}

/** Two operations at one server; gold goes first. @param {string} discipline */
const twoClasses = (discipline) => ({
    nodes: {
        clients: { type: 'client', load: { rate: RATE }, operations: { gold: 3, bronze: 4 } },
        server: {
            type: 'station', discipline, operations: {
                gold: { priority: 0, service_time: '10ms' },
                bronze: { priority: 1, service_time: 'exp(10ms)' },
            },
        },
    },
    edges: [{ from: 'clients', to: 'server' }],
    run: RUN,
});
const GOLD = { rate: 30, rho: 0.3, second: 1e-4 };
const BRONZE = { rate: 40, rho: 0.4, second: 2e-4 };

test('priority: the waits of Cobham', async () => {
    const { operations } = (await simulate(twoClasses('priority'))).nodes.server;
    const residual = (GOLD.rate * GOLD.second + BRONZE.rate * BRONZE.second) / 2;
    agrees(operations.gold.wait, residual / (1 - GOLD.rho), 'gold waits');
    agrees(operations.bronze.wait, residual / ((1 - GOLD.rho) * (1 - GOLD.rho - BRONZE.rho)), 'bronze waits');
});

test('priority-preemptive: gold does not see bronze, bronze resumes where it was', async () => {
    const { operations } = (await simulate(twoClasses('priority-preemptive'))).nodes.server;
    agrees(operations.gold.response, MEAN + (GOLD.rate * GOLD.second) / 2 / (1 - GOLD.rho), 'response of gold');
    const residual = (GOLD.rate * GOLD.second + BRONZE.rate * BRONZE.second) / 2;
    agrees(operations.bronze.response, MEAN / (1 - GOLD.rho) + residual / ((1 - GOLD.rho) * (1 - GOLD.rho - BRONZE.rho)), 'response of bronze');
});

/** ∫ of f from 0 to where the exponential's tail is below 1e-12, by Simpson's rule. @param {(x: number) => number} f */
function integrate(f, to = 28 * MEAN, steps = 4000) {
    const width = to / steps;
    let sum = f(0) + f(to);
    for (let step = 1; step < steps; step++) sum += (step % 2 === 1 ? 4 : 2) * f(step * width);
    return (sum * width) / 3;
}
const density = (/** @type {number} */ x) => Math.exp(-x / MEAN) / MEAN;
/** The load of jobs shorter than x. @param {number} x */
const loadBelow = (x) => RHO * (1 - Math.exp(-x / MEAN) * (1 + x / MEAN));

test('sjf: the mean wait of Phipps', async () => {
    const wait = integrate((x) => (density(x) * RATE * MEAN ** 2) / (1 - loadBelow(x)) ** 2);
    const results = await simulate(station({ rate: RATE }, { service_time: 'exp(10ms)', discipline: 'sjf' }, RUN));
    agrees(results.nodes.server.wait, wait, 'wait');
});

test('srpt: the mean response of Schrage and Miller', async () => {
    /** @param {number} x */
    const response = (x) => {
        const short = integrate((t) => t * t * density(t), x, 200);
        const rest = x * x * Math.exp(-x / MEAN);
        return (RATE * (short + rest)) / (2 * (1 - loadBelow(x)) ** 2) + integrate((t) => 1 / (1 - loadBelow(t)), x, 200);
    };
    const truth = integrate((x) => density(x) * response(x), 28 * MEAN, 1000);
    const results = await simulate(station({ rate: RATE }, { service_time: 'exp(10ms)', discipline: 'srpt' }, RUN));
    agrees(results.nodes.server.response, truth, 'response');
    assert.ok(results.nodes.server.response.mean < 0.8 * (MEAN / (1 - RHO)), 'it beats fifo by far');
});
