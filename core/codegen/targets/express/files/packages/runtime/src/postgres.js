import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { createPolicy } from './policy.js';
import { Problem } from './problem.js';

const MIGRATION_LOCK = 7_240_113; // any number, the same in every service
const CHECK_TIMEOUT_MS = 2000;
const CONNECT_TIMEOUT_MS = 30_000;
const CANCEL_GRACE_MS = 1000; // for a server that does not end a query it should have ended
const QUERY_CANCELED = '57014';

/**
 * A store in PostgreSQL behind a pool as large as the model allows.
 * @param {{ edge: string, url: string, poolSize: number, policy?: object, migration: URL,
 *           queries: Record<string, { sql: string, values: (input: object) => unknown[] }> }} options
 */
export function createStore({ edge, url, poolSize, policy, migration, queries }, { log, metrics }) {
  const timeoutMs = policy?.timeout ? policy.timeout * 1000 : undefined;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: timeoutMs ?? CONNECT_TIMEOUT_MS,
    statement_timeout: timeoutMs, // the server gives the query up, not only we
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
  });
  pool.on('error', (error) => log.warn({ err: error, edge }, 'an idle database connection was lost'));
  const calls = createPolicy(edge, policy, metrics);
  let isMigrated = false;
  let isClosed = false;

  async function migrate() {
    const sql = await readFile(migration, 'utf8');
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SET LOCAL statement_timeout = 0');
      await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      await client.query(sql);
      await client.query('COMMIT');
      isMigrated = true;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }

  /** Creates the tables as soon as the database can be reached. */
  const ready = (async () => {
    for (let pauseMs = 100; !isMigrated && !isClosed; pauseMs = Math.min(2 * pauseMs, 5000)) {
      try {
        await migrate();
      } catch (error) {
        if (isClosed) return;
        log.warn({ err: error, edge }, 'the database is not ready; trying again');
        await sleep(pauseMs, undefined, { ref: false });
      }
    }
  })();

  async function query(text, values) {
    let client;
    try {
      client = await pool.connect();
      const limit = timeoutMs && timeoutMs + CANCEL_GRACE_MS;
      const result = await client.query({ text, values, query_timeout: limit });
      client.release();
      return result;
    } catch (error) {
      // A connection whose query failed with anything but a server's answer is not used again.
      client?.release(!error.code);
      if (error.code === QUERY_CANCELED) {
        throw new Problem(504, 'timeout', `The query along ${edge} took too long.`, { cause: error });
      }
      throw new Problem(503, 'database', `The query along ${edge} failed.`, { cause: error });
    }
  }

  return {
    ready,
    async run(operation, input) {
      const { sql, values } = queries[operation] ?? queries.default;
      const result = await calls.execute(() => query(sql, values(input)));
      return { count: result.rowCount, rows: result.rows };
    },
    async check() {
      if (!isMigrated) throw new Error('the tables do not exist yet');
      await pool.query({ text: 'SELECT 1', query_timeout: CHECK_TIMEOUT_MS });
    },
    async close() {
      isClosed = true;
      await pool.end();
    },
  };
}
