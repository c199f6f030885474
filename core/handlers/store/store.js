// What a cache or a database keeps for code that calls it (the bodies and answers of API.md). It runs in a sandbox of its own and
// costs nothing: the time is the component's service time. The metric "miss" tells the engine that a cache had not the key. The engine
// writes `const CONFIG = { isCache, capacity };` before it; a capacity of 0 has no bound.

const UNITS_MS = { ns: 1e-6, us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };
const ROWS_MAX = 1000;

const entries = new Map(); // key → { value, expires_ms }, oldest use first
const tables = new Map(); // name → Map of key → { value, version }

const keyOf = (key) => String(key);
const rowsOf = (table) => {
  const name = String(table);
  if (!tables.has(name)) tables.set(name, new Map());
  return tables.get(name);
};

/** A duration in milliseconds; infinite when there is none. */
function durationOf(ttl) {
  if (ttl === undefined || ttl === null) return Infinity;
  if (typeof ttl === 'number') return ttl;
  const parts = /^([0-9.]+)(ns|us|ms|s|m|h|d)$/.exec(ttl);
  if (!parts) throw new Error(`"${ttl}" is no duration; write a number of milliseconds, or a text such as "30s"`);
  return Number(parts[1]) * UNITS_MS[parts[2]];
}

// --- A cache -------------------------------------------------------------------------------------

/** The live entry of a key, which thereby was used last. */
function touch(key, now_ms) {
  const entry = entries.get(key);
  if (!entry) return undefined;
  entries.delete(key);
  if (entry.expires_ms <= now_ms) return undefined;
  entries.set(key, entry);
  return entry;
}

function keep(key, value, ttl, now_ms) {
  entries.delete(key);
  entries.set(key, { value, expires_ms: now_ms + durationOf(ttl) });
  if (CONFIG.capacity > 0 && entries.size > CONFIG.capacity) entries.delete(entries.keys().next().value);
}

const CACHE = {
  get({ key }, node) {
    const entry = touch(keyOf(key), node.now());
    if (!entry) node.metric('miss');
    return entry ? { hit: true, value: entry.value } : { hit: false };
  },
  set({ key, value, ttl }, node) {
    keep(keyOf(key), value, ttl, node.now());
    return {};
  },
  add({ key, value, ttl }, node) {
    const stored = !touch(keyOf(key), node.now());
    if (stored) keep(keyOf(key), value, ttl, node.now());
    return { stored };
  },
  increment({ key, by = 1, ttl }, node) {
    const entry = touch(keyOf(key), node.now());
    if (entry && typeof entry.value !== 'number') throw new Error(`the value of "${key}" is no number`);
    const value = (entry ? entry.value : 0) + by;
    if (entry) entry.value = value;
    else keep(keyOf(key), value, ttl, node.now());
    return { value };
  },
  delete({ key }, node) {
    const existed = touch(keyOf(key), node.now()) !== undefined;
    entries.delete(keyOf(key));
    return { existed };
  },
};

// --- A database ----------------------------------------------------------------------------------

/** Whether what `if` asks of a row holds. */
function holds(row, condition) {
  if (condition === undefined) return true;
  return condition === 'absent' ? row === undefined : row !== undefined && row.version === condition;
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Text order by code points, which is the bytewise order of UTF-8. */
function compareTexts(a, b) {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const order = left[i].codePointAt(0) - right[i].codePointAt(0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const matches = (value, where) => Object.entries(where).every(([name, wanted]) => (
  value !== null && typeof value === 'object' && JSON.stringify(value[name]) === JSON.stringify(wanted)));

const TABLE = {
  get({ table, key }) {
    const row = rowsOf(table).get(keyOf(key));
    return row ? { found: true, value: row.value, version: row.version } : { found: false };
  },
  put({ table, key, value, if: condition }) {
    const rows = rowsOf(table);
    const row = rows.get(keyOf(key));
    if (!holds(row, condition)) return { stored: false, version: row ? row.version : 0 };
    const version = row ? row.version + 1 : 1;
    rows.set(keyOf(key), { value, version });
    return { stored: true, version };
  },
  delete({ table, key, if: condition }) {
    const rows = rowsOf(table);
    const row = rows.get(keyOf(key));
    if (!holds(row, condition)) return { existed: row !== undefined, stored: false };
    return { existed: rows.delete(keyOf(key)) };
  },
  query({ table, where = {}, prefix = '', order, limit = ROWS_MAX }) {
    const found = [];
    for (const [key, row] of rowsOf(table)) {
      if (key.startsWith(prefix) && matches(row.value, where)) found.push({ key, value: row.value, version: row.version });
    }
    found.sort((a, b) => compareTexts(a.key, b.key));
    if (order !== undefined) {
      const isDown = order.startsWith('-');
      const name = isDown ? order.slice(1) : order;
      found.sort((a, b) => (isDown ? -1 : 1) * compare(a.value?.[name], b.value?.[name]));
    }
    return { rows: found.slice(0, limit) };
  },
  check({ table, key, if: condition }) {
    return { holds: holds(rowsOf(table).get(keyOf(key)), condition) };
  },
  /** All or nothing: every condition is looked at against what the operations before it have done. */
  transaction({ ops }) {
    const undo = [];
    const results = [];
    for (const [index, step] of ops.entries()) {
      const rows = rowsOf(step.table);
      const row = rows.get(keyOf(step.key));
      if (!['get', 'put', 'delete', 'check'].includes(step.op)) throw new Error(`a transaction has no "${step.op}"; write get, put, delete or check`);
      if (!holds(row, step.if)) {
        for (const back of undo.reverse()) back();
        return { committed: false, failed: index };
      }
      undo.push(row ? () => rows.set(keyOf(step.key), row) : () => rows.delete(keyOf(step.key)));
      results.push(TABLE[step.op](step));
    }
    return { committed: true, results };
  },
};

const operations = CONFIG.isCache ? CACHE : TABLE;

export function onRequest(request, node) {
  const operation = Object.hasOwn(operations, request.op) ? operations[request.op] : undefined;
  if (!operation) throw new Error(`this store has no operation "${request.op}"; it has ${Object.keys(operations).join(', ')}`);
  return operation(request.body ?? {}, node);
}
