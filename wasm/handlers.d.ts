// Types of the handler interface (core/handlers/API.md), for editors and tsc: `/// <reference types="scalesim/handlers" />`.
// They take names that the DOM's types have too: leave "dom" out of the `lib` of a handler's tsconfig.
// Made from core/handlers/api.json; tests/boundary/handler_api.test.mjs compares them.

/** A number of milliseconds, or a text with a unit: "50ms", "2s", "1.5m" (ns us ms s m h d). */
type Duration = number | string;

/** What onRequest is given. */
interface Request {
  /** The number of the request in the run. */
  id: number;
  /** The operation asked for. */
  op: string;
  /** The id of the caller. */
  from: string;
  /** What the caller sent; undefined if nothing. */
  body: any;
}

/** What onMessage is given. */
interface Message {
  /** The number of the message in the run. */
  id: number;
  /** The topic, or the operation. */
  topic: string;
  /** The id of the publisher. */
  from: string;
  /** The key that chose the partition. */
  key: any;
  /** The partition, from 0. */
  partition: number;
  /** Its place in the partition. */
  offset: number;
  /** How often it was delivered; 1 = the first time. */
  deliveries: number;
  /** What was published. */
  body: any;
}

/** What onTimer is given. */
interface Timer {
  /** What setTimer returned. */
  id: number;
  /** What setTimer was given. */
  data: any;
}

/** What an awaited call or publication fails with. */
declare class CallError extends Error {
  /** How it ended. */
  outcome: 'timeout' | 'rejected' | 'failed' | 'breaker_open';
  /** Whom it was sent to. */
  target: string;
  /** The operation. */
  op: string | undefined;
  /** What the failed answer said, if anything. */
  body: any;
}

/** The cache at the end of an edge. */
interface Cache {
  /** The value, or undefined: not there, expired, or evicted. */
  get(key: string | number, options?: { timeout?: Duration }): Promise<any>;
  /** Stores a value, for ttl if given. */
  set(key: string | number, value: any, options?: { ttl?: Duration, timeout?: Duration }): Promise<void>;
  /** Stores a value only where there is none, and says whether it did. */
  add(key: string | number, value: any, options?: { ttl?: Duration, timeout?: Duration }): Promise<boolean>;
  /** Adds to a number (from 0) and gives the new one. */
  increment(key: string | number, by?: number, options?: { ttl?: Duration, timeout?: Duration }): Promise<number>;
  /** Removes a key, and says whether it was there. */
  delete(key: string | number, options?: { timeout?: Duration }): Promise<boolean>;
}

/** A table of the database at the end of an edge. */
interface Table {
  /** The value of the row, or undefined. */
  get(key: string | number, options?: { timeout?: Duration }): Promise<any>;
  /** Stores a row; with if only where there is none, or only in place of that version. Says whether it did. */
  put(key: string | number, value: any, options?: { if?: 'absent' | number, timeout?: Duration }): Promise<boolean>;
  /** Removes a row, and says whether it was there. */
  delete(key: string | number, options?: { timeout?: Duration }): Promise<boolean>;
  /** The rows whose members equal those of where, in order of their keys. */
  query(query?: { where?: object, prefix?: string, order?: string, limit?: number }, options?: { timeout?: Duration }): Promise<{ key: string, value: any, version: number }[]>;
}

/** What outlives a crash. */
interface Disk {
  /** The value, or undefined. */
  get(key: string): any;
  /** Keeps a JSON value. */
  set(key: string, value: any): void;
  /** Removes a key. */
  delete(key: string): boolean;
  /** All keys, oldest first. */
  keys(): string[];
  /** Removes everything. */
  clear(): void;
}

/** What every handler is given: what code can ask of the simulated world. */
interface Node {
  /** Sends a request along the edge to a node and awaits its answer. The edge's retries and breaker apply; timeout replaces its own. Fails with a CallError. */
  call(target: string, body?: any, options?: { op?: string, timeout?: Duration }): Promise<any>;
  /** Sends one way: the other node's onMessage gets it, nothing comes back, and nothing is known of its fate. */
  send(target: string, body?: any, options?: { op?: string }): void;
  /** Hands a message to a broker or queue and awaits that it is on its way; its edge may still lose it. */
  publish(target: string, body?: any, options?: { topic?: string, key?: any }): Promise<void>;
  /** Answers the request early. The handler goes on without its caller waiting. */
  reply(body?: any): void;
  /** Waits for so much simulated time. */
  sleep(duration: Duration): Promise<void>;
  /** Charges work that is not really executed, as if it were. */
  cpu(duration: Duration): void;
  /** Calls a function, or onTimer with the data given, later. A crash forgets timers. */
  setTimer(delay: Duration, then?: ((node: Node) => any) | any): number;
  /** Forgets a timer that has not fired yet. */
  clearTimer(timer: number | null | undefined): void;
  /** Simulated time in milliseconds since the start of the run. */
  now(): number;
  /** A number in [0, 1) from the node's own seeded stream. */
  random(): number;
  /** Writes a line to the log, with its line of the source. */
  log(...parts: any[]): void;
  /** Writes a line to the log, of the least importance. */
  debug(...parts: any[]): void;
  /** Writes a warning to the log. */
  warn(...parts: any[]): void;
  /** Writes an error to the log; the handler goes on. */
  error(...parts: any[]): void;
  /** Records a measurement of your own; the value is 1 when left out. */
  metric(name: string, value?: number): void;
  /** The cache at the end of an edge: get, set, add, increment, delete. */
  cache(id: string): Cache;
  /** A table of the database at the end of an edge: get, put, delete, query. */
  table(id: string, name: string): Table;
  /** Several operations of a database in one step: all of them happen, or none. */
  transaction(id: string, operations: object[], options?: { timeout?: Duration }): Promise<{ committed: boolean, results: any[] }>;
  /** An object to keep things in. Lost in a crash; each replica has its own. */
  state: any;
  /** Keys and JSON values that outlive a crash: get, set, delete, keys, clear. */
  disk: Disk;
  /** The id of the node in the design. */
  id: string;
  /** The number of this replica, from 0. */
  replica: number;
  /** How many replicas the node has. */
  replicas: number;
  /** Ids of the neighbours in the design. */
  peers: string[];
  /** What can be called along the edges of the design. */
  targets: Record<string, { type: string, operations: string[] }>;
}
