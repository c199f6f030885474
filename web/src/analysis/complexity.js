/**
 * How the work of a handler grows with the data that it meets: an estimate from its loops, O(n^order).
 */

import { HANDLERS, childrenOf, isFunction } from './tree.js';

/** Methods that look at every element; with a function they run it for each. */
const WALKS = new Set(['map', 'filter', 'forEach', 'reduce', 'reduceRight', 'some', 'every', 'find', 'findIndex', 'findLast', 'flatMap', 'includes', 'indexOf', 'lastIndexOf',
  'sort', 'toSorted', 'join', 'slice', 'concat', 'splice', 'unshift', 'shift', 'reverse']);
const RUNS_FUNCTION = new Set(['map', 'filter', 'forEach', 'reduce', 'reduceRight', 'some', 'every', 'find', 'findIndex', 'findLast', 'flatMap', 'sort', 'toSorted']);

/** A list or a number that stands in the code, not in the data. @param {any} tree */
const isWritten = (tree) => ['Literal', 'ArrayExpression'].includes(tree.type) || (tree.type === 'Identifier' && /^[A-Z][A-Z0-9_]*$/.test(tree.name));

/** A loop whose number of rounds is written in it does not grow, nor does one that goes on until something has worked. @param {any} tree */
function isBounded(tree) {
  if (tree.type === 'ForOfStatement') return isWritten(tree.right);
  if (tree.type === 'WhileStatement') return tree.test.value === true;
  if (tree.type !== 'ForStatement' || !tree.test) return tree.type === 'ForStatement';
  return tree.test.type === 'BinaryExpression' && [tree.test.left, tree.test.right].some(isWritten);
}

const growing = new Set(['ForOfStatement', 'ForInStatement', 'ForStatement', 'WhileStatement', 'DoWhileStatement']);

/** @param {import('./tree.js').Code} code */
export function complexityOf(code) {
  /** @param {any} tree @param {Set<string>} within functions being looked at, so that recursion ends @returns {{ order: number, at: any }} */
  function look(tree, within) {
    const own = growing.has(tree.type) && !isBounded(tree) ? 1 : 0;
    const method = tree.type === 'CallExpression' && tree.callee.type === 'MemberExpression' ? tree.callee.property.name : undefined;
    const isWalk = WALKS.has(method ?? '') && !code.isNode(tree.callee.object) && !code.isStore(tree.callee.object);
    const isShort = isWalk && isWritten(tree.callee.object);
    let inner = { order: 0, at: tree };
    let before = inner;
    const evaluatedOnce = isWalk ? tree.callee : growing.has(tree.type) ? tree.right ?? tree.init : undefined;
    for (const child of childrenOf(tree)) {
      // A function that is only made here costs nothing here, unless a method runs it for each element.
      if (isFunction(child) && !(isWalk && RUNS_FUNCTION.has(method ?? ''))) continue;
      const found = look(isFunction(child) ? child.body : child, within);
      if (child === evaluatedOnce) before = found;
      else if (found.order > inner.order) inner = found;
    }
    const called = tree.type === 'CallExpression' && tree.callee.type === 'Identifier' ? code.functions.get(tree.callee.name) : undefined;
    if (called && !within.has(tree.callee.name)) {
      const found = look(called.body, new Set([...within, tree.callee.name]));
      if (found.order > inner.order) inner = { order: found.order, at: tree };
    }
    const step = own || (isWalk && !isShort ? 1 : 0);
    const order = inner.order + step;
    return before.order > order ? before : { order, at: inner.order > 0 ? inner.at : tree };
  }
  return HANDLERS.flatMap((handler) => {
    const body = code.functions.get(handler)?.body;
    if (!body) return [];
    const { order, at } = look(body, new Set([handler]));
    return [{ handler, order, from: at.start, to: at.end }];
  });
}
