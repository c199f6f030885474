import pino from 'pino';

import { currentTrace } from './trace.js';

/** Structured JSON logs on standard output; each line within a request carries its trace. */
export function createLogger({ service, level }) {
  return pino({
    level,
    base: { service },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['req.headers.authorization', 'req.headers.cookie'],
    mixin() {
      const trace = currentTrace();
      return trace ? { trace_id: trace.traceId, span_id: trace.spanId } : {};
    },
  });
}
