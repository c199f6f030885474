import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { createService } from './service.js';

const SWEEP_MS = 25;

/** Listens; resolves with the running server. */
export async function listen(service, { port, host }) {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, service.app);
  server.keepAliveTimeout = 65_000; // longer than the usual load balancer's 60 s
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

/** Stops taking requests, lets those under way end, then closes the stores. */
export async function drain(service, server) {
  const { shutdownDelayMs, shutdownTimeoutMs } = service.config;
  service.stopping();
  await sleep(shutdownDelayMs);
  const closed = new Promise((resolve) => {
    server.close(() => resolve(true));
  });
  // A connection kept alive becomes idle only when its request has been answered.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const limit = new AbortController();
  const isClean = await Promise.race([
    closed,
    sleep(shutdownTimeoutMs, false, { signal: limit.signal }).catch(() => false),
  ]);
  limit.abort();
  clearInterval(sweep);
  if (!isClean) server.closeAllConnections();
  await service.close();
  return isClean;
}

/** Runs a service until SIGTERM or SIGINT. */
export async function start(definition, env = process.env) {
  const service = createService(definition, env);
  const { log, config } = service;
  const server = await listen(service, config);
  log.info({ port: server.address().port, host: config.host }, 'listening');

  let isStopping = false;
  const stop = async (signal) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'draining');
    const isClean = await drain(service, server);
    log.info({ clean: isClean }, 'stopped');
    process.exit(isClean ? 0 : 1);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return { service, server };
}
