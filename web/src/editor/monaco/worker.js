// Monaco's own helper: words of the text, links in it, smaller edits. Languages have none: what they know comes from the page.
import 'monaco-editor/editor/editor.worker.js';
