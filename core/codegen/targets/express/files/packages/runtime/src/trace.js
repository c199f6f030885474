import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

const storage = new AsyncLocalStorage();
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ZEROS = /^0+$/;

/** Reads a W3C traceparent header; a missing or malformed one begins a new trace. */
export function continueTrace(header) {
  const parts = TRACEPARENT.exec(header ?? '');
  const isUsable = parts && !ZEROS.test(parts[1]) && !ZEROS.test(parts[2]);
  return {
    traceId: isUsable ? parts[1] : randomBytes(16).toString('hex'),
    parentId: isUsable ? parts[2] : undefined,
    spanId: randomBytes(8).toString('hex'),
    flags: isUsable ? parts[3] : '01',
  };
}

/** Runs a function, and everything it starts, within a trace. */
export function withTrace(trace, run) {
  return storage.run(trace, run);
}

export function currentTrace() {
  return storage.getStore();
}

/** The header for a request made now. */
export function traceparent() {
  const trace = currentTrace() ?? continueTrace();
  return `00-${trace.traceId}-${trace.spanId}-${trace.flags}`;
}
