/*
 * The part of the handler interface that is JavaScript itself. Evaluates to a function of the node's
 * prototype. It runs before any code of a handler and keeps what it needs, so that a handler that changes
 * built-in objects harms itself only.
 */
(function (prototype) {
  'use strict';

  const { call } = prototype;
  const { apply } = Reflect;
  const { stringify, parse } = JSON;
  const uncurried = (method) => (self, ...rest) => apply(method, self, rest);
  const mapGet = uncurried(Map.prototype.get);
  const mapSet = uncurried(Map.prototype.set);
  const mapDelete = uncurried(Map.prototype.delete);
  const mapClear = uncurried(Map.prototype.clear);
  const mapForEach = uncurried(Map.prototype.forEach);
  const push = uncurried(Array.prototype.push);

  const define = (name, value) => Object.defineProperty(prototype, name, { value, enumerable: true });

  // What an awaited call or publication fails with.
  const OUTCOMES = ['ok', 'timeout', 'rejected', 'failed', 'breaker_open'];
  class CallError extends Error {}
  Object.defineProperty(CallError.prototype, 'name', { value: 'CallError' });
  Object.defineProperty(globalThis, 'CallError', { value: CallError, writable: true, configurable: true });

  function callError(kind, publishes, target, operation, line, body) {
    const outcome = OUTCOMES[kind] ?? 'failed';
    const what = publishes ? `publishing to "${target}"` : operation ? `"${operation}" at "${target}"` : `the call of "${target}"`;
    const error = new CallError(
      outcome === 'timeout' ? `${what} timed out`
        : outcome === 'rejected' ? `${what} was rejected: no room, or a limit`
          : outcome === 'breaker_open' ? `${what} was not tried: the circuit breaker is open`
            : `${what} failed`,
    );
    error.outcome = outcome;
    error.target = target;
    error.op = operation;
    if (body !== undefined) error.body = body;
    Object.defineProperty(error, 'stack', {
      value: line > 0 ? `    at handler.js:${line}\n` : '', writable: true, configurable: true,
    });
    return error;
  }

  // The disk: keys and JSON texts, kept outside of everything that a crash forgets.
  const disk = new Map();
  define('disk', Object.freeze({
    get(key) {
      const text = mapGet(disk, `${key}`);
      return text === undefined ? undefined : parse(text);
    },
    set(key, value) {
      const text = stringify(value);
      if (text === undefined) mapDelete(disk, `${key}`);
      else mapSet(disk, `${key}`, text);
    },
    delete: (key) => mapDelete(disk, `${key}`),
    clear: () => mapClear(disk),
    keys() {
      const keys = [];
      mapForEach(disk, (_, key) => push(keys, key));
      return keys;
    },
  }));

  function saveDisk() {
    const saved = Object.create(null);
    let isEmpty = true;
    mapForEach(disk, (text, key) => {
      saved[`:${key}`] = text; // so that no key is special or a number, and the order is kept
      isEmpty = false;
    });
    return isEmpty ? '' : stringify(saved);
  }

  function loadDisk(text) {
    const saved = parse(text);
    for (const key of Object.keys(saved)) mapSet(disk, key.slice(1), saved[key]);
  }

  // Components that keep data: thin words over call. API.md has the bodies.
  const ask = (node, target, op, body, options) => apply(call, node, [target, body, { op, timeout: options?.timeout }]);

  define('cache', function cache(id) {
    const node = this;
    return {
      get: async (key, options) => {
        const answer = await ask(node, id, 'get', { key }, options);
        return answer?.hit ? answer.value : undefined;
      },
      set: async (key, value, options) => {
        await ask(node, id, 'set', { key, value, ttl: options?.ttl }, options);
      },
      add: async (key, value, options) => (
        (await ask(node, id, 'add', { key, value, ttl: options?.ttl }, options))?.stored === true
      ),
      increment: async (key, by = 1, options = undefined) => (
        (await ask(node, id, 'increment', { key, by, ttl: options?.ttl }, options))?.value
      ),
      delete: async (key, options) => (await ask(node, id, 'delete', { key }, options))?.existed === true,
    };
  });

  define('table', function table(id, name) {
    const node = this;
    return {
      get: async (key, options) => {
        const answer = await ask(node, id, 'get', { table: name, key }, options);
        return answer?.found ? answer.value : undefined;
      },
      put: async (key, value, options) => (
        (await ask(node, id, 'put', { table: name, key, value, if: options?.if }, options))?.stored === true
      ),
      delete: async (key, options) => (await ask(node, id, 'delete', { table: name, key }, options))?.existed === true,
      query: async (query = {}, options = undefined) => (
        (await ask(node, id, 'query', { table: name, ...query }, options))?.rows ?? []
      ),
    };
  });

  define('transaction', async function transaction(id, operations, options) {
    const answer = await ask(this, id, 'transaction', { ops: operations }, options);
    return { committed: answer?.committed === true, results: answer?.results ?? [] };
  });

  return { callError, saveDisk, loadDisk };
})
