import { STATUS_CODES } from 'node:http';

import { currentTrace } from './trace.js';

/** An error that a client is told about, as RFC 9457 describes. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} kind a short stable word, the last part of the problem's type
   * @param {string} detail one sentence for a person
   * @param {{ headers?: Record<string, string>, extra?: object, cause?: unknown }} [options]
   */
  constructor(status, kind, detail, { headers = {}, extra = {}, cause } = {}) {
    super(detail, { cause });
    this.name = 'Problem';
    this.status = status;
    this.kind = kind;
    this.headers = headers;
    this.extra = extra;
  }

  toJSON() {
    return {
      type: `urn:problem:${this.kind}`,
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      trace_id: currentTrace()?.traceId,
      ...this.extra,
    };
  }
}

/** Turns whatever was thrown into a Problem; nothing internal is shown to the client. */
export function toProblem(error) {
  if (error instanceof Problem) return error;
  if (error?.type === 'entity.parse.failed') {
    return new Problem(400, 'malformed-json', 'The body is not valid JSON.', { cause: error });
  }
  if (error?.type === 'entity.too.large') {
    return new Problem(413, 'too-large', 'The body is larger than this service accepts.', {
      cause: error,
    });
  }
  if (Number.isInteger(error?.status) && error.status >= 400 && error.status < 500) {
    return new Problem(error.status, 'bad-request', 'The request cannot be read.', {
      cause: error,
    });
  }
  return new Problem(500, 'internal', 'Something went wrong on our side.', { cause: error });
}

export function notFound(request) {
  throw new Problem(404, 'not-found', `There is nothing at ${request.method} ${request.path}.`);
}

/** Express' last handler. Its four parameters are how Express knows it. */
export function createErrorHandler(log) {
  return (error, request, response, next) => {
    const problem = toProblem(error);
    const cause = problem.cause ?? (problem === error ? undefined : error);
    if (problem.status >= 500) log.error({ err: cause ?? problem, status: problem.status }, problem.message);
    if (response.headersSent) return next(error);
    return response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  };
}
