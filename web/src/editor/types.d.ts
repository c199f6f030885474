// The one interface of the code editor, and what an engine behind it must do.

/** From 1; columns count UTF-16 units, as strings of JavaScript do. */
export interface Place { line: number; column: number }

export interface EditorDiagnostic {
  from: Place;
  /** Just past the last character; the word at `from` when it is left out. */
  to?: Place;
  severity: 'error' | 'warning' | 'info';
  message: string;
  /** A way to mend it, offered where it is shown. */
  fix?: { title: string; apply(): void };
}

/** Something said beside a line: what it cost, that the program stops there. Several marks of one line are shown together. */
export interface LineMark {
  line: number;
  /** Short: it stands in the gutter, before the number. */
  text?: string;
  /** 0 to 1: a bar behind the text, in the mark's tone. */
  share?: number;
  tone?: 'cool' | 'warm' | 'hot';
  /** In words, for a pointer that rests on it. */
  title?: string;
  isBreakpoint?: boolean;
  /** Of a breakpoint: when it stops. Its dot then has another shape, and the condition is told to a pointer that rests on it. */
  condition?: string;
}

export interface Completion {
  label: string;
  /** What is written; the label when left out. */
  insert?: string;
  kind?: 'function' | 'variable' | 'property' | 'constant' | 'keyword' | 'text';
  /** Beside the label: a type, a unit. */
  detail?: string;
  /** A sentence or two. */
  info?: string;
}

/** Where something is asked about. */
export interface Asked extends Place {
  text: string;
  /** Of the place in `text`. */
  offset: number;
  /** The word that ends at the place (completions) or is around it (hover). */
  word: string;
}

export type CompletionProvider = (asked: Asked) => Completion[] | Promise<Completion[]>;
/** Plain text; lines are kept. Null says nothing. */
export type HoverProvider = (asked: Asked) => string | null | Promise<string | null>;

export type EditorLanguage = 'javascript' | 'json';

export interface EditorOptions {
  text: string;
  language: EditorLanguage;
  /** What the field is, for people who do not see it. */
  label: string;
  readOnly?: boolean;
  /** After each change that the person made; not after `text = …`. */
  onChange?(text: string): void;
  /** The cursor came to stand elsewhere, by key or pointer. */
  onMove?(place: Place): void;
  /** A click beside a line, or F9: the caller sets the marks. Without it there are no breakpoints. */
  onToggleLine?(line: number): void;
  /** Shift+F9, or a right click beside a line: the caller asks for the condition of a breakpoint there. */
  onAskCondition?(line: number): void;
  /** Ctrl+Enter: what was written is to be used. */
  onSubmit?(): void;
}

export interface CodeEditor {
  readonly element: HTMLElement;
  /** Which engine shows it now; `plain` until one is loaded, and for good where none can be. */
  readonly engine: 'plain' | 'codemirror' | 'monaco';
  /** When the engine is there. It never rejects. */
  readonly ready: Promise<void>;
  /** Setting it keeps the cursor where what is around it stays, and does not call `onChange`. */
  text: string;
  readOnly: boolean;
  readonly place: Place;
  readonly hasFocus: boolean;
  setDiagnostics(diagnostics: readonly EditorDiagnostic[]): void;
  setLineMarks(marks: readonly LineMark[]): void;
  /** The line where a program stands: shown as that and brought into view; the cursor stays. Null: it stands nowhere. */
  setCurrentLine(line: number | null): void;
  setCompletions(provider: CompletionProvider | null): void;
  setHover(provider: HoverProvider | null): void;
  /** Brings a place into view and puts the cursor there; with `to`, selects up to it. */
  reveal(from: Place, to?: Place): void;
  focus(): void;
  dispose(): void;
}

/** Colours as CSS texts that need no custom property, for engines in a document of their own. */
export interface EditorTheme {
  isDark: boolean;
  ground: string; ink: string; muted: string; line: string; accent: string; accentWash: string;
  cool: string; warm: string; hot: string; error: string;
  mono: string;
  /** In px. */
  size: number;
}

export interface EngineHost {
  text: string;
  language: EditorLanguage;
  readOnly: boolean;
  /** With how to leave the field by keyboard. */
  label: string;
  theme: EditorTheme;
  t(key: string, params?: { [name: string]: string | number }): string;
  onChange(text: string): void;
  onMove(place: Place): void;
  onToggleLine: ((line: number) => void) | null;
  onAskCondition: ((line: number) => void) | null;
  onSubmit: (() => void) | null;
  completions(): CompletionProvider | null;
  hover(): HoverProvider | null;
}

/** What an engine is to the interface: no more than it can do. */
export interface EditorEngine {
  setText(text: string): void;
  setReadOnly(readOnly: boolean): void;
  setDiagnostics(diagnostics: readonly EditorDiagnostic[]): void;
  setLineMarks(marks: readonly LineMark[]): void;
  setCurrentLine(line: number | null): void;
  setTheme(theme: EditorTheme): void;
  reveal(from: Place, to: Place | undefined): void;
  focus(): void;
  dispose(): void;
}

export type EngineFactory = (parent: HTMLElement, host: EngineHost) => EditorEngine | Promise<EditorEngine>;
