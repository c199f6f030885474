// npm run load -- [--duration SECONDS] [--scale FACTOR] [--keys N]: the load of the model's clients,
// against the running services, and the model's objectives checked against what was measured.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { distribution } from '../packages/runtime/src/distributions.js';

const config = JSON.parse(readFileSync(new URL('load.config.json', import.meta.url), 'utf8'));
const { values: options } = parseArgs({
  options: {
    duration: { type: 'string', default: '30' },
    scale: { type: 'string', default: '1' },
    keys: { type: 'string', default: '1000' },
  },
});
const duration = Number(options.duration);
const scale = Number(options.scale);
const keyCount = Number(options.keys);
if (!(duration > 0 && scale > 0 && keyCount >= 1)) {
  throw new Error('write positive numbers for --duration, --scale and --keys');
}

/** Keys by Zipf's law, as caches usually see them. */
const popularity = (() => {
  let sum = 0;
  return Array.from({ length: keyCount }, (_, index) => (sum += 1 / (index + 1)));
})();
function drawKey() {
  const at = Math.random() * popularity.at(-1);
  return `k-${popularity.findIndex((sum) => sum >= at)}`;
}

function drawOperation(client) {
  const total = client.operations.reduce((sum, operation) => sum + operation.weight, 0);
  let left = Math.random() * total;
  return client.operations.find((operation) => (left -= operation.weight) < 0) ?? client.operations[0];
}

async function call({ service, variable, port, operation, timeout }, input) {
  const base = process.env[`${variable}_URL`] || `http://127.0.0.1:${port}`;
  const response = await fetch(new URL(`/operations/${operation}`, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout((timeout ?? 60) * 1000),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${service} answered ${response.status}`);
}

/** One request of a client: its calls, one after the other. */
async function request(client, all, operation = drawOperation(client)) {
  const statistics = (all[operation.name] ??= { times: [], errors: 0 });
  const input = { key: drawKey(), data: { client: client.id } };
  const started = performance.now();
  try {
    for (const one of operation.calls) {
      if (Math.random() < one.probability) await call(one, input);
    }
    statistics.times.push((performance.now() - started) / 1000);
  } catch (error) {
    statistics.errors += 1;
    statistics.lastError = error.message;
  }
}

/** Requests that come whatever happens, at times that `next` draws. */
async function runOpen(client, statistics, next) {
  const underWay = new Set();
  const begin = performance.now();
  for (let at = await next(0); at < duration; at = await next(at)) {
    const pause = begin + at * 1000 - performance.now();
    if (pause > 1) await sleep(pause);
    const one = request(client, statistics).finally(() => underWay.delete(one));
    underWay.add(one);
  }
  await Promise.all(underWay);
}

const exponential = (rate) => -Math.log(1 - Math.random()) / rate;

/** Poisson arrivals at a rate that changes: drawn at the highest rate, and thinned. */
function thinned(rateAt, highest) {
  return (from) => {
    if (highest <= 0) return Infinity;
    for (let at = from; ;) {
      at += exponential(highest);
      if (at >= duration || Math.random() < rateAt(at) / highest) return at;
    }
  };
}

function patternRate(points) {
  return (at) => {
    const after = points.findIndex((point) => point.at > at);
    if (after === 0) return points[0].rate;
    if (after < 0) return points.at(-1).rate;
    const [a, b] = [points[after - 1], points[after]];
    return a.rate + ((at - a.at) / (b.at - a.at)) * (b.rate - a.rate);
  };
}

function burstRate(states) {
  const changes = [];
  for (let at = 0, index = 0; at < duration; index = (index + 1) % states.length) {
    at += distribution(states[index].for)();
    changes.push({ until: at, rate: states[index].rate });
  }
  return (at) => changes.find((change) => at < change.until)?.rate ?? 0;
}

async function runTrace(client, statistics, trace) {
  const begin = performance.now();
  const all = trace.filter(([at]) => at / scale < duration).map(async ([at, name]) => {
    await sleep(Math.max(0, begin + (at / scale) * 1000 - performance.now()));
    return request(client, statistics, client.operations.find((one) => one.name === (name ?? 'default')));
  });
  await Promise.all(all);
}

async function runClosed(client, statistics, { users, think = 0 }) {
  const pause = distribution(think);
  const end = performance.now() + duration * 1000;
  const user = async () => {
    while (performance.now() < end) {
      await sleep(pause() * 1000);
      await request(client, statistics);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.round(users * scale)) }, user));
}

function run(client, statistics) {
  const { rate, interarrival, pattern, mmpp, trace, users } = client.load;
  if (users !== undefined) return runClosed(client, statistics, client.load);
  if (trace) return runTrace(client, statistics, trace);
  if (interarrival !== undefined) {
    const draw = distribution(interarrival);
    return runOpen(client, statistics, (at) => at + draw() / scale);
  }
  const rateAt = pattern ? patternRate(pattern) : mmpp ? burstRate(mmpp) : () => rate;
  const highest = Math.max(...(pattern ?? mmpp ?? [{ rate }]).map((point) => point.rate)) * scale;
  return runOpen(client, statistics, thinned((at) => rateAt(at) * scale, highest));
}

function summary({ times, errors, lastError }) {
  const sorted = Float64Array.from(times).sort();
  const quantile = (q) => sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? null;
  const mean = times.reduce((sum, time) => sum + time, 0) / (times.length || 1);
  return {
    count: times.length,
    errors,
    last_error: lastError,
    throughput: times.length / duration,
    error_ratio: errors / (times.length + errors || 1),
    response: {
      mean, p50: quantile(0.5), p90: quantile(0.9), p95: quantile(0.95), p99: quantile(0.99),
      p999: quantile(0.999), max: sorted.at(-1) ?? null,
    },
  };
}

const results = {};
await Promise.all(
  config.clients.map(async (client) => {
    const statistics = {};
    await run(client, statistics);
    const parts = Object.values(statistics);
    results[client.id] = {
      ...summary({
        times: parts.flatMap((part) => part.times),
        errors: parts.reduce((sum, part) => sum + part.errors, 0),
      }),
      operations: Object.fromEntries(
        Object.entries(statistics).map(([name, part]) => [name, summary(part)]),
      ),
    };
  }),
);

/** Objectives about clients are measured here; others are read from the services' /metrics. */
const slos = config.slos.flatMap(({ name, metric, max, min }) => {
  const [, id, ...path] = metric.split('.');
  if (!metric.startsWith('nodes.') || !results[id]) return [];
  const value = path.reduce((at, key) => at?.[key], results[id]);
  if (typeof value !== 'number') return [];
  return [{ name, value, max, min, pass: (max ?? Infinity) >= value && (min ?? -Infinity) <= value }];
});
console.log(JSON.stringify({ model: config.model, duration, scale, nodes: results, slos }, null, 2));
process.exitCode = slos.every((slo) => slo.pass) ? 0 : 1;
