// Single stations against their closed forms: M/M/1, M/M/c, M/M/1/K, M/M/c/c, M/M/∞, M/G/1, closed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agrees, erlangC, near, simulate, station } from './simulate.mjs';

test('M/M/1: response, wait, numbers in system and queue, utilisation, quantiles', async () => {
    const [rate, mean] = [80, 0.01];
    const results = await simulate(station({ rate }, { service_time: 'exp(10ms)' }, { duration: '8h', warmup: '2m' }));
    const rho = rate * mean;
    const { server, arrivals } = results.nodes;
    const response = mean / (1 - rho);
    agrees(server.response, response, 'response');
    agrees(arrivals.response, response, 'the client\'s response');
    agrees(server.wait, rho * response, 'wait');
    agrees(server.service, mean, 'service');
    near(server.utilization, rho, 0.01 * rho, 'utilisation');
    near(server.in_system, rho / (1 - rho), 0.02 * rho / (1 - rho), 'number in system');
    near(server.in_queue, rho ** 2 / (1 - rho), 0.03 * rho ** 2 / (1 - rho), 'number in queue');
    near(server.throughput, rate, 0.005 * rate, 'throughput');
    // The response is exponential: its quantiles and its deviation follow.
    for (const [name, p] of /** @type {[string, number][]} */ ([['p50', 0.5], ['p90', 0.9], ['p95', 0.95], ['p99', 0.99], ['p999', 0.999]])) {
        const truth = -Math.log(1 - p) * response;
        near(server.response[name], truth, (p < 0.995 ? 0.03 : 0.08) * truth, name);
    }
    near(server.response.sd, response, 0.03 * response, 'standard deviation');
    // Little's law holds of the very numbers shown.
    near(server.in_system, server.throughput * server.response.mean, 1e-3 * server.in_system, 'Little\'s law');
});

for (const servers of [2, 3, 16]) {
    test(`M/M/${servers}: Erlang C`, async () => {
        const mean = 0.01;
        const rate = (0.85 * servers) / mean;
        const results = await simulate(station({ rate }, { service_time: 'exp(10ms)', concurrency: servers },
            { duration: `${Math.round(2.4e6 / rate)}s`, warmup: '20s' }));
        const wait = (erlangC(servers, rate * mean) * mean) / (servers - rate * mean);
        const { server } = results.nodes;
        agrees(server.response, wait + mean, 'response');
        near(server.wait.mean, wait, Math.max(server.wait.ci95, 0.01 * wait), 'wait');
        near(server.utilization, 0.85, 0.0085, 'utilisation');
    });
}

test('replicas of a station share one queue: M/M/3', async () => {
    const results = await simulate(station({ rate: 240 }, { service_time: 'exp(10ms)', replicas: 3 }, { duration: '3h', warmup: '1m' }));
    agrees(results.nodes.server.response, (erlangC(3, 2.4) * 0.01) / 0.6 + 0.01, 'response');
});

for (const [places, rho] of [[4, 0.9], [9, 1.3], [1, 1]]) {
    test(`M/M/1/${places + 1} at ${rho}: losses and the response of those let in`, async () => {
        const mean = 0.01;
        const results = await simulate(station({ rate: rho / mean }, { service_time: 'exp(10ms)', queue: places },
            { duration: '5h', warmup: '1m' }));
        const capacity = places + 1;
        const weights = Array.from({ length: capacity + 1 }, (_, n) => rho ** n);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const number = weights.reduce((sum, weight, n) => sum + n * weight, 0) / total;
        const blocked = weights[capacity] / total;
        const { server, arrivals } = results.nodes;
        agrees(server.response, number / ((rho / mean) * (1 - blocked)), 'response');
        near(server.in_system, number, 0.01 * number, 'number in system');
        near(arrivals.error_ratio, blocked, 0.015 * blocked, 'share of losses');
        near(server.errors.rejected / (server.errors.rejected + server.completions), blocked, 0.015 * blocked, 'rejected at the server');
    });
}

test('M/M/4/4: Erlang B', async () => {
    const results = await simulate(station({ rate: 300 }, { service_time: 'exp(10ms)', concurrency: 4, queue: 0 }, { duration: '2h', warmup: '1m' }));
    let blocking = 1;
    for (let busy = 1; busy <= 4; busy++) blocking = (3 * blocking) / (busy + 3 * blocking);
    near(results.nodes.arrivals.error_ratio, blocking, 0.015 * blocking, 'share of losses');
    agrees(results.nodes.server.response, 0.01, 'response');
});

test('M/G/∞: nobody waits, and the number in system is λ E[S]', async () => {
    const results = await simulate(station({ rate: 400 }, { service_time: 'lognormal(mean=50ms, cv=2)', concurrency: 'inf' }, { duration: '90m', warmup: '1m' }));
    const { server } = results.nodes;
    agrees(server.response, 0.05, 'response');
    near(server.in_system, 20, 0.2, 'number in system');
    assert.equal(server.utilization, null);
    assert.equal(server.wait.max, 0);
});

/** Service of mean 10 ms, and its E[S²]/E[S]². @type {[string, number][]} */
const SERVICES = [
    ['10ms', 1],
    ['uniform(5ms, 15ms)', 1 + 1 / 12],
    ['erlang(k=4, mean=10ms)', 1.25],
    ['gamma(mean=10ms, cv=0.5)', 1.25],
    ['lognormal(mean=10ms, cv=1.5)', 3.25],
    ['hyperexp(0.9: 5ms, 0.1: 55ms)', (2 * (0.9 * 0.005 ** 2 + 0.1 * 0.055 ** 2)) / 0.01 ** 2],
    ['weibull(shape=2, scale=11.283791670955125ms)', 4 / Math.PI],
    // Two phases of 5 ms, the second with probability 1: an Erlang.
    ['coxian(200, 200; 1)', 1.5],
    ['empirical(5ms: 1, 15ms: 1)', 1.25],
    ['mix(0.5: 10ms, 0.5: exp(10ms))', 1.5],
    ['pareto(min=6.875ms, alpha=3.2)', ((3.2 * 0.006875 ** 2) / 1.2) / 0.01 ** 2],
];

for (const [service, ratio] of SERVICES) {
    test(`M/G/1 with ${service}: Pollaczek and Khinchine`, async () => {
        const [rate, mean] = [70, 0.01];
        const results = await simulate(station({ rate }, { service_time: service }, { duration: '12h', warmup: '2m' }));
        const wait = (rate * ratio * mean ** 2) / (2 * (1 - rate * mean));
        const { server } = results.nodes;
        near(server.service.mean, mean, 0.005 * mean, 'service');
        agrees(server.wait, wait, 'wait');
        agrees(server.response, wait + mean, 'response');
    });
}

test('G/M/1: the response is exponential with the root of its equation', async () => {
    // Arrivals every 12 ms exactly: σ = exp(-(1 - σ) μ a).
    const [gap, mean] = [0.012, 0.01];
    let sigma = 0.5;
    for (let step = 0; step < 200; step++) sigma = Math.exp((-(1 - sigma) * gap) / mean);
    const results = await simulate(station({ interarrival: '12ms' }, { service_time: 'exp(10ms)' }, { duration: '6h', warmup: '2m' }));
    agrees(results.nodes.server.response, mean / (1 - sigma), 'response');
});

test('closed: ten users who think, one server (machine repair)', async () => {
    const [users, think, mean] = [10, 0.1, 0.02];
    // Exact mean value analysis.
    let number = 0;
    let response = 0;
    for (let n = 1; n <= users; n++) {
        response = mean * (1 + number);
        number = (n * response) / (think + response);
    }
    const results = await simulate(station({ users, think: 'exp(100ms)' }, { service_time: 'exp(20ms)' }, { duration: '8h', warmup: '1m' }));
    agrees(results.nodes.arrivals.response, response, 'response');
    near(results.nodes.server.throughput, users / (think + response), (0.01 * users) / (think + response), 'throughput');
});
