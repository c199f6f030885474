import { percent } from '../canvas/format.js';
import { createBreakpoints, sameCode } from '../debugger/breakpoints.js';
import { getAt } from '../document/pointer.js';
import { movedLines } from '../editor/places.js';
import { toneOf } from './flame.js';

/** @typedef {import('./flame.js').Profile} Profile */

const MARKED = 0.005; // lines that take less have no mark

/**
 * What stands beside the lines of a node's code: what they cost in the run, and where the debugger is to stop.
 * @param {import('../types.js').App} app
 * @param {{ node: string, pointer: string, editor: import('../editor/types.js').CodeEditor, flush: () => void }} code writes what stands in the editor
 */
export function createMarks(app, { node, pointer, editor, flush }) {
  const { t } = app;
  const breakpoints = createBreakpoints(app);
  let shown = '';

  const runSource = () => String(getAt(app.run.design, pointer) ?? '');

  let moved = { source: '', text: '', lines: /** @type {(number | null)[]} */ ([]) };
  /** Where a line of the run's code stands in the editor, if it is there as it was. @param {number} line @returns {number | null} */
  function whereNow(line) {
    const source = runSource();
    const { text } = editor;
    if (source === text) return line;
    if (moved.source !== source || moved.text !== text) {
      const [had, has] = [source.split('\n'), text.split('\n')];
      const lines = movedLines(had.map((_, index) => index + 1), source, text).map((now, index) => (has[now - 1] === had[index] ? now : null));
      moved = { source, text, lines };
    }
    return moved.lines[line - 1] ?? null;
  }

  return {
    runSource,
    whereNow,
    onChange: breakpoints.onChange,
    /** @param {number} line */
    toggle(line) {
      const isThere = breakpoints.of(node, editor.text).some((one) => one.line === line);
      flush();
      breakpoints.put(sameCode(app.document.get(), node), editor.text, line, isThere ? null : '');
      app.announce(t(isThere ? 'code.stop_gone' : 'code.stop_set', { line }));
    },
    /** @param {Profile | null} profile of the run */
    show(profile) {
      const costs = (profile?.lines ?? []).filter(({ share }) => share >= MARKED).flatMap(({ line, share, hits }) => {
        const now = whereNow(line);
        return now === null ? [] : [{ line: now, text: percent(share), share, tone: toneOf(share), title: t('code.line_cost', { share: percent(share), n: hits }) }];
      });
      const stops = breakpoints.of(node, editor.text).map(({ line, condition }) => ({ line, isBreakpoint: true, ...(condition ? { condition } : {}) }));
      const marks = [...costs, ...stops];
      const key = JSON.stringify(marks);
      if (key === shown) return;
      shown = key;
      editor.setLineMarks(marks);
    },
  };
}
