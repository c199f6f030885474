import { performance } from 'node:perf_hooks';

import express from 'express';
import helmet from 'helmet';

import { createAdmission } from './admission.js';
import { createCache } from './cache.js';
import { readConfig } from './config.js';
import { createDocs } from './docs.js';
import { createHttpClient } from './http-client.js';
import { createLogger } from './logger.js';
import { createMetrics } from './metrics.js';
import { createStore } from './postgres.js';
import { createErrorHandler, notFound, Problem } from './problem.js';
import { createConsumer, createPublisher } from './queue.js';
import { continueTrace, currentTrace, withTrace } from './trace.js';
import { createValidator } from './validate.js';
import { createWork } from './work.js';

const CHECK_TIMEOUT_MS = 2500;

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object ?? {}).map(([key, value]) => [key, change(value)]));
}

function within(milliseconds, promise) {
  const limit = AbortSignal.timeout(milliseconds);
  return Promise.race([
    promise,
    new Promise((_, reject) => {
      limit.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true });
    }),
  ]);
}

function withTracing(log) {
  return (request, response, next) => {
    const trace = continueTrace(request.get('traceparent'));
    const started = performance.now();
    response.set('x-request-id', trace.traceId);
    withTrace(trace, () => {
      response.on('finish', () => {
        const { method, path } = request;
        const ms = Math.round((performance.now() - started) * 1000) / 1000;
        log.info({ method, path, status: response.statusCode, duration_ms: ms }, 'request');
      });
      next();
    });
  };
}

/** Runs operations behind the replica's door, and measures them. */
function createOperations(definition, backends, { admission, metrics, work }) {
  return async function run(name, input) {
    const operation = definition.operations[name];
    if (!operation) {
      throw new Problem(404, 'unknown-operation', `${definition.id} has no operation "${name}".`);
    }
    const started = performance.now();
    let outcome = 'ok';
    let release = () => {};
    try {
      release = await admission.enter();
      metrics.wait.observe({ operation: name }, (performance.now() - started) / 1000);
      const result = await operation.run({ ...work, ...backends, input, release });
      work.injectError(operation.errorRate ?? 0);
      return result;
    } catch (error) {
      outcome = error instanceof Problem && error.status < 500 ? 'rejected' : 'failed';
      throw error;
    } finally {
      release();
      metrics.response.observe({ operation: name, outcome }, (performance.now() - started) / 1000);
    }
  };
}

function scaleTimeout(options, scale) {
  const timeout = options.policy?.timeout;
  return timeout ? { ...options, policy: { ...options.policy, timeout: timeout * scale } } : options;
}

function connectBackends(definition, tools) {
  const connect = (ways, create) =>
    mapValues(ways, (options) => create(scaleTimeout(options, tools.config.timeoutScale), tools));
  return {
    services: connect(definition.services, createHttpClient),
    stores: connect(definition.stores, createStore),
    caches: connect(definition.caches, createCache),
    queues: connect(definition.queues, createPublisher),
  };
}

function addHealth(app, state, parts) {
  app.get('/healthz', (request, response) => response.json({ status: 'ok' }));
  app.get('/readyz', async (request, response) => {
    const checks = await Promise.all(
      Object.entries(parts).map(async ([name, part]) => {
        try {
          await within(CHECK_TIMEOUT_MS, part.check());
          return [name, 'ok'];
        } catch (error) {
          return [name, error.message || error.code || 'failed'];
        }
      }),
    );
    const isReady = !state.isStopping && checks.every(([, result]) => result === 'ok');
    response.status(isReady ? 200 : 503).json({
      status: state.isStopping ? 'stopping' : isReady ? 'ready' : 'not ready',
      checks: Object.fromEntries(checks),
    });
  });
}

function addOperations(app, definition, run, config) {
  const validate = createValidator(definition.openapi, 'OperationRequest');
  app.use('/operations', express.json({ limit: config.bodyLimit }));
  for (const name of Object.keys(definition.operations)) {
    app.post(`/operations/${name}`, async (request, response) => {
      const input = validate(request.body);
      const started = performance.now();
      const result = await run(name, input);
      response.json({
        service: definition.id,
        operation: name,
        key: input.key,
        duration_ms: performance.now() - started,
        trace_id: currentTrace()?.traceId,
        result,
      });
    });
  }
}

/**
 * Builds a service from its definition: an Express application, and everything it is connected to.
 * @param {object} definition see a service's src/service.js
 * @param {Record<string, string | undefined>} [env]
 */
export function createService(definition, env = process.env) {
  const config = readConfig(env, definition);
  const log = createLogger({ service: definition.id, level: config.logLevel });
  const metrics = createMetrics(definition.id);
  const work = createWork(config, log);
  const admission = createAdmission(definition, metrics);
  const state = { isStopping: false };
  const tools = { config, log, metrics };
  const backends = connectBackends(definition, tools);
  const run = createOperations(definition, backends, { admission, metrics, work });
  const consumers = mapValues(definition.consumers, (options) =>
    createConsumer(options, { ...tools, handle: run }),
  );
  const parts = { ...backends.stores, ...backends.caches, ...backends.queues, ...consumers };

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(withTracing(log));
  addHealth(app, state, parts);
  app.get('/metrics', async (request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use(createDocs(definition.openapi));
  addOperations(app, definition, run, config);
  app.use(notFound);
  app.use(createErrorHandler(log));

  return {
    app,
    config,
    log,
    admission,
    /** Resolves when these can be used for the first time. */
    ready: (kinds = ['stores', 'caches', 'queues']) =>
      Promise.all(kinds.flatMap((kind) => Object.values(backends[kind])).map((part) => part.ready)),
    /** From now on /readyz says no. */
    stopping() {
      state.isStopping = true;
    },
    async close() {
      state.isStopping = true;
      await Promise.allSettled(Object.values(consumers).map((consumer) => consumer.close()));
      await Promise.allSettled(Object.values(parts).map((part) => part.close()));
    },
  };
}
