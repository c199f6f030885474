// The shapes that panels share. Values are plain data unless a member says otherwise.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: any };

export interface DesignNode extends JsonObject { type: string; name?: string }
export interface DesignEdge extends JsonObject { from: string; to: string; kind?: 'call' | 'forward' | 'publish' }

/** A design document, `scalesim/1`. Readonly by contract: change it through commands. */
export interface Design {
  readonly format: string;
  readonly name?: string;
  readonly description?: string;
  readonly nodes: { readonly [id: string]: DesignNode };
  readonly edges: readonly DesignEdge[];
  readonly faults?: readonly JsonObject[];
  readonly slos?: readonly JsonObject[];
  readonly run?: JsonObject;
  readonly layout?: { readonly [id: string]: readonly [number, number] };
  readonly [key: string]: any;
}

export interface Command {
  /** i18n key of what it does, for the undo and redo tooltips. */
  name: string;
  /** Commands with equal keys that follow each other within a second are one undo step. */
  merge?: string;
  apply(design: Design): Design;
}

export interface Diagnostic {
  severity: 'error' | 'warning';
  code: string;
  pointer: string;
  line: number;
  column: number;
  message: string;
}

export interface Panel {
  element: HTMLElement;
  update(): void;
  dispose(): void;
}

export type Listener = (payload?: any) => void;
export interface Signals {
  on(name: string, listener: Listener): () => void;
  emit(name: string, payload?: any): void;
}

export interface DocumentStore {
  get(): Design;
  text(): string;
  execute(command: Command): void;
  undo(): void;
  redo(): void;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** i18n keys of the steps that undo and redo would take, or null. */
  readonly undoName: string | null;
  readonly redoName: string | null;
  readonly isSaved: boolean;
  /** File name without `.scalesim.json`. */
  readonly name: string;
  /** Counts changes; equal numbers mean the same document. */
  readonly version: number;
  /** False when the text is no JSON object; the document then stays as it was. */
  load(text: string, name: string, options?: { undoable?: boolean; saved?: boolean; isExample?: boolean }): boolean;
  markSaved(name?: string): void;
}

export interface Diagnostics {
  readonly all: readonly Diagnostic[];
  /** What the last generation said of this document. */
  readonly generation: readonly Diagnostic[];
  readonly errors: number;
  readonly warnings: number;
  at(pointer: string): Diagnostic[];
  under(pointer: string): Diagnostic[];
}

export interface Selection {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<number>;
  readonly notes: ReadonlySet<number>;
  set(selection: { nodes?: Iterable<string>; edges?: Iterable<number>; notes?: Iterable<number> }): void;
  clear(): void;
}

export type Speed = 'max' | number;
export type RunState = 'idle' | 'running' | 'paused' | 'done' | 'failed';

export interface RunLayout {
  frame: { header: string[]; node: string[]; edge: string[]; move: string[] };
  timeline: { interval_s: number; columns: string[] };
  nodes: string[];
  edges: string[];
}

/** Numbers by column name; a live view, never a copy. */
export interface NumberView { readonly [column: string]: number }

export interface Frame {
  readonly header: NumberView;
  node(id: string): NumberView | null;
  edge(index: number): NumberView | null;
}

export interface Timeline {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly interval_s: number;
  has(column: string): boolean;
  column(name: string): Float64Array;
  /** NaN where there is none. */
  at(name: string, row: number): number;
  /** How many rows there were at a time. */
  rowsAt(time_s: number): number;
}

export interface Results {
  /** Empty where `value` is a part. */
  text: string;
  value: any;
  isFinal: boolean;
  /** Of a large design while it runs: the selected and the busiest nodes alone, and no edges. */
  isPart?: boolean;
  /** In a part: the 99th percentile of an edge's latency, by its name. */
  p99Of?: (edge: string) => number | undefined;
}

/** A run that has ended, of the open document. */
export interface PastRun {
  /** From 1. */
  number: number;
  /** Given by a person; empty while it has none. */
  name: string;
  /** When it was given up before its end, or null. */
  stopped_s: number | null;
  design: Design;
  results: Results;
  /** When the design was changed under it, or null. */
  fork_s: number | null;
  /** What its design has that the design of the run before had not. */
  changes: readonly Change[];
}

/** `undefined` is a value that is not written. */
export interface Change { pointer: string; from: Json | undefined; to: Json | undefined }

export interface Run {
  readonly state: RunState;
  readonly error: { code: string; message: string; diagnostics?: Diagnostic[] } | null;
  readonly isStale: boolean;
  /** What is run; the document may be another one by now. */
  readonly design: Design | null;
  readonly layout: RunLayout | null;
  readonly duration_s: number;
  readonly time_s: number;
  readonly events: number;
  readonly events_per_s: number;
  readonly seed: number;
  readonly speed: Speed;
  readonly frame: Frame | null;
  readonly moves: { data: Float64Array; count: number; one_in: number };
  readonly timeline: Timeline;
  readonly results: Results | null;
  /** What was run at a moment: before a fork, the design that was forked from. */
  designAt(time_s: number): Design | null;
  /** How far this future was simulated: what can be sought. */
  readonly known_s: number;
  /** The future that was left at the last fork. */
  readonly ghost: { readonly timeline: Timeline; readonly from_s: number } | null;
  /** Where this future went on under a changed design, the earliest first, and what was changed. */
  readonly forks: readonly { readonly time_s: number; readonly changes: readonly Change[] }[];
  /** When the run was last forked off another; 0 when it was not. */
  readonly fork_s: number;
  /** The document has changed and the run can go on under the change. */
  readonly canContinue: boolean;
  /** Why this document cannot be gone on with, in a sentence, once that was tried. */
  readonly refusal: string | null;
  readonly history: readonly PastRun[];
  /** Puts kept runs with those at hand; numbers go on after `last`. */
  recall(runs: PastRun[], last: number): void;
  /** A run at hand is kept under this number. */
  renumber(past: PastRun, number: number): void;
  /** Where cores are few, leaves some of the machine to what is being done by hand just now. */
  giveWay(): void;
  /** `shows` says whether all nodes are shown somewhere: then the results of a run that goes on are of all nodes. Returns how to take it back. */
  showsAll(shows: () => boolean): () => void;
  /** The results so far, of all nodes. */
  readAll(): Promise<Results | null>;
  start(): Promise<void>;
  /** Runs the document from the start. */
  again(): Promise<void>;
  /** Goes on from the present under the document as it is now, in the same state. False: `refusal` says why. */
  fork(): Promise<boolean>;
  /** Shows a moment up to `known_s`, paused. */
  seek(time_s: number): Promise<void>;
  pause(): Promise<void>;
  step(events?: number): Promise<void>;
  rewind(): Promise<void>;
  setSpeed(speed: Speed): void;
  setSeed(seed: number): void;
  close(): void;
}

/** The closed-form answer to the document as it is. */
export interface Solution {
  /** As `scalesim solve --json`, or null where the document cannot be solved. */
  readonly value: any;
  /** The same for the design that was last run, or opened. */
  readonly base: any;
  /** Whether it is of this very document, and not of one a moment ago. */
  readonly isCurrent: boolean;
}

export interface EngineAnswer { result: any; binary: Uint8Array | null }
export interface Engine {
  /** Rejects with an EngineError (`code`, `message`, `diagnostics`). */
  call(op: string, args?: JsonObject): Promise<EngineAnswer>;
  readonly isInPage: boolean;
  /** Gives up what it is doing; it is not called any more. */
  end(): void;
}

export interface Action {
  name: string;
  /** i18n key. */
  title: string;
  /** As KeyboardEvent.key, with "Ctrl+" and "Shift+" before it; also shown in tooltips. */
  key?: string;
  run(): void;
  enabled?(): boolean;
}

export interface Actions {
  add(action: Action): void;
  perform(name: string): void;
  readonly all: readonly Action[];
  /** Title with the key in brackets, for tooltips. */
  tip(name: string): string;
}

export interface Settings {
  get(key: string): any;
  set(key: string, value: Json): void;
}

/** What the list of designs shows of one. */
export interface DesignFacts {
  id: string;
  name: string;
  /** File name without `.scalesim.json`. */
  file: string;
  nodes: number;
  changed_ms: number;
  sequence: number;
  /** Whether it is as it was last saved to a file. */
  isSaved: boolean;
  /** Opened from the examples and not touched: it goes when something else is opened. */
  isExample: boolean;
  /** When it was deleted, 0 while it is not: it can be brought back until the list is closed. */
  deleted_ms: number;
}

/** What the history shows of a kept run. */
export interface RunFacts {
  id: string;
  /** Of the document on the shelf. */
  design: string;
  number: number;
  name: string;
  note: string;
  made_ms: number;
  /** Of the design, at the time. */
  title: string;
  engine: string;
  seed: number;
  simulated_s: number;
  stopped_s: number | null;
  fork_s: number | null;
  /** What its design had that the one of the run before had not, in words. */
  changes: string;
  /** Of the first client, end to end. */
  mean_s: number | null;
  p99_s: number | null;
  error_ratio: number | null;
  /** About what it takes in the browser. */
  bytes: number;
  targets: number;
  targets_met: number;
}

/** A run's timeline as it is kept. */
export interface KeptTimeline { interval_s: number; columns: string[]; data: Float64Array[]; isThinned: boolean }

/** The documents that this browser keeps; signal `shelf`. */
export interface Shelf {
  /** Of the open document. */
  readonly id: string | null;
  /** `kept`: all of it; `waiting`: within a second; `failed`: this browser does not keep it. */
  readonly state: 'kept' | 'waiting' | 'failed';
  /** The open document is an example that nobody touched. */
  readonly isExample: boolean;
  /** Whether all of it is kept. */
  keep(): Promise<boolean>;
  read(id: string): Promise<{ name: string; isSaved: boolean; text: string } | null>;
  /** Newest first. */
  list(): Promise<DesignFacts[]>;
  /** Opens a kept document by `show`; false where nothing whole is kept of it. */
  openKept(id: string, show: (kept: { name: string; isSaved: boolean; text: string }) => Promise<void>): Promise<boolean>;
  /** The one this tab had open, else the one changed last. */
  last(): Promise<string | null>;
  /** Keeps a text as another document, and answers with its id; null where it is no design. */
  add(text: string, file: string): Promise<string | null>;
  erase(ids: string[]): Promise<void>;
}

export interface App {
  document: DocumentStore;
  diagnostics: Diagnostics;
  selection: Selection;
  engine: Engine;
  /** A further one, for work beside the open run. */
  openEngine(): Engine;
  run: Run;
  solution: Solution;
  catalog: any | null;
  /** The catalog's words in the language of the page, by their English; null where that is English. */
  words: Record<string, string> | null;
  /** Keeps the work in this browser now; false where nothing can be kept. */
  keep(): Promise<boolean>;
  shelf: Shelf;
  settings: Settings;
  signals: Signals;
  actions: Actions;
  commands: typeof import('./commands/index.js');
  t(key: string, params?: { [name: string]: string | number }): string;
  /** Tells a screen reader, politely and one thing after another; `isLive`: what changes by itself, told seldom. */
  announce(text: string, options?: { isLive?: boolean }): void;
  notify(text: string, options?: { kind?: 'info' | 'error' | 'success'; action?: { title: string; run(): void } }): void;
}
