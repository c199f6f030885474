import { createServer } from 'node:http';

import { drain, listen } from './lifecycle.js';
import { createService } from './service.js';

/** A stand-in for another service: answers every operation and remembers what it was asked. */
export async function startStandIn() {
  const requests = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ path: request.url, headers: request.headers, body: JSON.parse(body || 'null') });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ result: { standIn: true } }));
    });
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    requests,
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Starts a service on a free port of the loopback, without injected errors, and with patience: a
 * test machine may be busy.
 */
export async function startForTest(definition, env = {}) {
  const calm = { LOG_LEVEL: 'silent', ERROR_SCALE: '0', TIMEOUT_SCALE: '100' };
  const service = createService(definition, { ...calm, ...env });
  const server = await listen(service, { port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    service,
    server,
    get: (path, options) => fetch(url + path, options),
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: () => drain(service, server),
  };
}
