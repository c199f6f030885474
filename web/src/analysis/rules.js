/** The rules: each takes the code and what is around it, and says what it found. */

import { complexityOf } from './complexity.js';
import { HANDLERS, contains, declaredBy, isFunction, isLoop, literal, property, walk } from './tree.js';

/** @typedef {import('./tree.js').Code} Code @typedef {import('./analyse.js').Finding} Finding */
/** @typedef {import('./analyse.js').Surroundings & { source: string, api: any }} About */

/** What the language itself defines. */
const GLOBALS = new Set([
  'undefined', 'NaN', 'Infinity', 'globalThis', 'Object', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Promise', 'JSON', 'Math',
  'Date', 'Number', 'String', 'Boolean', 'BigInt', 'Symbol', 'RegExp', 'Error', 'TypeError', 'RangeError', 'SyntaxError',
  'ReferenceError', 'EvalError', 'URIError', 'AggregateError', 'Proxy', 'Reflect', 'parseInt', 'parseFloat', 'isNaN', 'isFinite',
  'encodeURIComponent', 'decodeURIComponent', 'encodeURI', 'decodeURI', 'escape', 'unescape', 'eval', 'Function', 'Uint8Array',
  'Int8Array', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array', 'Uint8ClampedArray',
  'BigInt64Array', 'BigUint64Array', 'ArrayBuffer', 'DataView', 'console', 'arguments', 'CallError', 'Iterator',
]);

/** @param {string} code @param {any} tree @param {Record<string, string | number>} values @param {import('./analyse.js').Fix[]} [fix] @returns {Finding} */
const warn = (code, tree, values = {}, fix = undefined) => ({ code, severity: 'warning', values, from: tree.start, to: tree.end, ...(fix ? { fix } : {}) });
/** @param {string} code @param {any} tree @param {Record<string, string | number>} values @param {import('./analyse.js').Fix[]} [fix] @returns {Finding} */
const fail = (code, tree, values = {}, fix = undefined) => ({ ...warn(code, tree, values, fix), severity: 'error' });

/** Edits from one word to another; two letters swapped are one. @param {string} a @param {string} b */
function distance(a, b) {
  /** @type {number[][]} */
  const rows = [];
  const at = (/** @type {number} */ i, /** @type {number} */ k) => rows[i]?.[k] ?? Infinity;
  for (let i = 0; i <= a.length; i++) {
    const row = rows[i] = /** @type {number[]} */ ([]);
    for (let k = 0; k <= b.length; k++) {
      const isSwapped = a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1];
      row.push(i === 0 || k === 0 ? i + k : Math.min(at(i - 1, k) + 1, at(i, k - 1) + 1, at(i - 1, k - 1) + Number(a[i - 1] !== b[k - 1]), isSwapped ? at(i - 2, k - 2) + 1 : Infinity));
    }
  }
  return at(a.length, b.length);
}

/** @param {string} word @param {Iterable<string>} known */
function nearest(word, known) {
  const close = [...known].map((one) => ({ one, far: distance(word.toLowerCase(), one.toLowerCase()) })).sort((a, b) => a.far - b.far)[0];
  return close && close.far <= Math.max(1, Math.floor(word.length / 3)) ? close.one : '';
}

/** The function around, or undefined at the top. @param {any[]} above */
const functionAround = (above) => above.findLast(isFunction);

/** @param {Code} code @returns {Finding[]} */
function noHandler({ functions, program }) {
  if (HANDLERS.some((name) => functions.has(name))) return [];
  const exported = contains(program, (tree) => tree.type === 'ExportSpecifier' || tree.type === 'ExportAllDeclaration');
  if (exported) return [];
  const misspelt = [...functions].flatMap(([name, tree]) => {
    const meant = nearest(name, HANDLERS);
    const id = tree.id;
    return meant ? [fail('misspelt_handler', id ?? tree, { name, meant }, id ? [{ from: id.start, to: id.end, insert: meant }] : undefined)] : [];
  });
  return misspelt.length > 0 ? misspelt : [{ code: 'no_handler', severity: 'error', values: {}, from: 0, to: Math.min(1, program.end) }];
}

/** @param {Code} code @param {About} about @returns {Finding[]} */
function unknownMember(code, { api }) {
  const known = new Set(api.node.map((/** @type {{ name: string }} */ { name }) => name));
  /** @type {Finding[]} */
  const findings = [];
  walk(code.program, (tree) => {
    const name = code.memberOfNode(tree);
    if (!name || known.has(name)) return;
    const meant = nearest(name, known);
    const { start: from, end: to } = tree.property;
    findings.push({ ...fail(meant ? 'unknown_member' : 'unknown_member_far', tree.property, { name, meant }, meant ? [{ from, to, insert: meant }] : undefined) });
  });
  return findings;
}

/** Whether an identifier is read as a variable, not the name of a property or a label. @param {any} tree @param {any} parent */
export function isReference(tree, parent) {
  if (tree.type !== 'Identifier') return false;
  if (parent.type === 'MemberExpression') return parent.computed || parent.object === tree;
  if (['Property', 'MethodDefinition', 'PropertyDefinition'].includes(parent.type)) return parent.computed || parent.value === tree;
  return !['LabeledStatement', 'BreakStatement', 'ContinueStatement', 'MetaProperty', 'ExportSpecifier', 'ImportSpecifier'].includes(parent.type);
}

/** @param {Code} code @param {About} about @returns {Finding[]} */
function unknownName({ program, declared }, { api }) {
  const absent = new Map(api.absent.map((/** @type {any} */ one) => [one.name, one.instead]));
  /** @type {Finding[]} */
  const findings = [];
  walk(program, (tree, above) => {
    const parent = above.at(-1);
    if (!parent || !isReference(tree, parent) || declared.has(tree.name) || GLOBALS.has(tree.name)) return;
    if (parent.type === 'UnaryExpression' && parent.operator === 'typeof') return;
    if (absent.has(tree.name)) findings.push(fail('absent', tree, { name: tree.name, instead: String(absent.get(tree.name)) }));
    else findings.push(fail('undefined_name', tree, { name: tree.name }));
  });
  return findings;
}

/** @param {Code} code @returns {Finding[]} */
function imports({ program }) {
  return program.body.filter((/** @type {any} */ one) => one.type === 'ImportDeclaration').map((/** @type {any} */ one) => fail('import', one));
}

const SETTLING = new Set(['then', 'catch', 'finally']);

/** @param {Code} code @returns {Finding[]} */
function missingAwait(code) {
  /** @type {Finding[]} */
  const findings = [];
  walk(code.program, (tree, above) => {
    const call = code.remote(tree);
    const parent = above.at(-1);
    if (!call || !parent) return;
    const isDropped = parent.type === 'ExpressionStatement';
    const isAsked = parent.type === 'MemberExpression' && parent.object === tree && !SETTLING.has(parent.property.name);
    if (!isDropped && !isAsked) return;
    const around = functionAround(above);
    const insert = isDropped ? [{ from: tree.start, to: tree.start, insert: 'await ' }]
      : [{ from: tree.end, to: tree.end, insert: ')' }, { from: tree.start, to: tree.start, insert: '(await ' }];
    findings.push(warn(isDropped ? 'missing_await' : 'missing_await_value', tree, { name: call.name }, around?.async ? insert : undefined));
  });
  return findings;
}

/** A loop that tries the same again until it went well: its rounds are no data. @param {any} loop @param {any} call */
function isRetry(loop, call) {
  if (loop.type === 'ForStatement' ? !loop.test : loop.type === 'WhileStatement' && loop.test.value === true) return true;
  const within = (/** @type {any} */ tree) => tree.start <= call.start && call.end <= tree.end;
  return contains(loop.body, (tree) => tree.type === 'TryStatement' && within(tree.block) && contains(tree.block, (one) => one.type === 'ReturnStatement' || one.type === 'BreakStatement'));
}

/** @param {Code} code @returns {Finding[]} */
function callsInLoops(code) {
  /** @type {Finding[]} */
  const findings = [];
  walk(code.program, (tree, above) => {
    const call = code.remote(tree);
    if (!call || call.isWait || above.at(-1)?.type !== 'AwaitExpression') return;
    const from = above.findLastIndex(isFunction);
    const loop = above.slice(from + 1).findLast((one) => isLoop(one) && one.body && one.body.start <= tree.start && tree.end <= one.body.end);
    if (loop && !isRetry(loop, tree)) findings.push(warn('call_in_loop', tree, { name: call.name }));
  });
  return findings;
}

/** `const name = await <remote>;` @param {Code} code @param {any} statement */
function awaitedConstant(code, statement) {
  if (statement?.type !== 'VariableDeclaration' || statement.declarations.length !== 1) return null;
  const [{ id, init }] = statement.declarations;
  if (init?.type !== 'AwaitExpression') return null;
  const call = code.remote(init.argument);
  return call && !call.isWait ? { id, call, kind: statement.kind, statement, argument: init.argument } : null;
}

/** @param {Code} code @param {About} about @returns {Finding[]} */
function sequentialCalls(code, { source }) {
  /** @type {Finding[]} */
  const findings = [];
  walk(code.program, (tree) => {
    if (!Array.isArray(tree.body)) return;
    for (let i = 1; i < tree.body.length; i++) {
      const [first, second] = [awaitedConstant(code, tree.body[i - 1]), awaitedConstant(code, tree.body[i])];
      if (!first || !second || !first.call.isRead || !second.call.isRead) continue;
      const names = new Set(declaredBy(first.statement));
      if (contains(second.argument, (one) => one.type === 'Identifier' && names.has(one.name))) continue;
      const text = (/** @type {any} */ one) => source.slice(one.start, one.end);
      const together = `const [${text(first.id)}, ${text(second.id)}] = await Promise.all([${text(first.argument)}, ${text(second.argument)}]);`;
      const between = source.slice(first.statement.end, second.statement.start);
      const isSafe = first.kind === 'const' && second.kind === 'const' && between.trim() === '';
      findings.push(warn('sequential_calls', second.statement, { name: second.call.name },
        isSafe ? [{ from: first.statement.start, to: second.statement.end, insert: together }] : undefined));
      i += 1;
    }
  });
  return findings;
}

/** @param {Code} code @param {About} about @returns {Finding[]} */
function targetsAndTimeouts(code, { targets }) {
  if (!targets) return [];
  /** @type {Finding[]} */
  const findings = [];
  walk(code.program, (tree) => {
    if (tree.type !== 'CallExpression') return;
    const member = code.memberOfNode(tree.callee);
    if (!['call', 'send', 'publish', 'cache', 'table', 'transaction'].includes(member)) return;
    const [target, body, options] = tree.arguments;
    const id = literal(target);
    if (id === undefined) return;
    if (!Object.hasOwn(targets, id)) {
      const meant = nearest(id, Object.keys(targets));
      findings.push(fail('unknown_target', target, { target: id, known: Object.keys(targets).join(', ') || '–' },
        meant ? [{ from: target.start, to: target.end, insert: `'${meant}'` }] : undefined));
    } else if (member === 'call' && !targets[id]?.hasTimeout && !hasTimeout(options)) {
      findings.push(warn('missing_timeout', tree, { target: id }, timeoutFix(tree, body, options)));
    }
  });
  return findings;
}

/** Options that are not written out may have one. @param {any} options */
const hasTimeout = (options) => options !== undefined && (options.type !== 'ObjectExpression' || property(options, 'timeout') !== undefined
  || options.properties.some((/** @type {any} */ one) => one.type === 'SpreadElement'));

/** @param {any} call @param {any} body @param {any} options */
function timeoutFix(call, body, options) {
  if (options) {
    const last = options.properties.at(-1);
    return last ? [{ from: last.end, to: last.end, insert: ", timeout: '1s'" }] : [{ from: options.start, to: options.end, insert: "{ timeout: '1s' }" }];
  }
  const at = call.arguments.at(-1).end;
  return [{ from: at, to: at, insert: `${body ? '' : ', undefined'}, { timeout: '1s' }` }];
}

const GROWING = new Set(['push', 'unshift', 'set', 'add']);
const SHRINKING = new Set(['pop', 'shift', 'splice', 'delete', 'clear']);

/** What outlives a handler: `state.orders` for node.state.orders, the name of a variable of the module; '' for all else. @param {Code} code @param {any} tree @param {Set<string>} kept @returns {string} */
function rootOf(code, tree, kept) {
  if (tree?.type === 'Identifier') return kept.has(tree.name) ? tree.name : '';
  if (tree?.type !== 'MemberExpression') return '';
  if (code.memberOfNode(tree.object) === 'state') return tree.computed ? 'state' : `state.${tree.property.name}`;
  return code.memberOfNode(tree) === 'state' ? 'state' : rootOf(code, tree.object, kept);
}

/** @param {Code} code @returns {Finding[]} */
function growingState(code) {
  const isVariable = (/** @type {any} */ one) => one.type === 'VariableDeclaration'; // not the parameters of a function
  const kept = new Set(code.program.body.map((/** @type {any} */ one) => one.declaration ?? one).filter(isVariable).flatMap(declaredBy)
    .filter((/** @type {string} */ name) => !code.functions.has(name)));
  const shrinks = new Set(/** @type {string[]} */ ([]));
  /** @type {{ root: string, tree: any }[]} */
  const grows = [];
  walk(code.program, (tree, above) => {
    const inHandler = above.some((one) => isFunction(one) && one !== code.functions.get('onStart')) && !above.includes(code.functions.get('onStart'));
    if (tree.type === 'CallExpression' && tree.callee.type === 'MemberExpression' && !tree.callee.computed) {
      const root = rootOf(code, tree.callee.object, kept);
      if (root && SHRINKING.has(tree.callee.property.name)) shrinks.add(root);
      if (root && inHandler && GROWING.has(tree.callee.property.name)) grows.push({ root, tree });
    } else if (tree.type === 'UnaryExpression' && tree.operator === 'delete' && tree.argument.type === 'MemberExpression') {
      shrinks.add(rootOf(code, tree.argument.object, kept) || rootOf(code, tree.argument, kept));
    } else if (tree.type === 'AssignmentExpression') {
      const { left } = tree;
      const isLength = left.type === 'MemberExpression' && !left.computed && left.property.name === 'length';
      // Set to something new, it begins again; not when that is itself, or empty if there is none yet.
      const isItself = tree.right.type === 'LogicalExpression' && rootOf(code, tree.right.left, kept) === rootOf(code, left, kept);
      if (isLength || (tree.operator === '=' && !isItself && !(left.type === 'MemberExpression' && left.computed))) shrinks.add(rootOf(code, isLength ? left.object : left, kept));
      else if (inHandler && left.type === 'MemberExpression' && left.computed && left.property.type !== 'Literal') {
        const root = rootOf(code, left.object, kept) || (code.memberOfNode(left.object) === 'state' ? 'state' : '');
        if (root) grows.push({ root, tree });
      }
    }
  });
  return grows.filter(({ root }) => !shrinks.has(root)).map(({ root, tree }) => warn('growing_state', tree, { name: root.startsWith('state') ? `node.${root}` : root }));
}

/** @param {Code} code @returns {Finding[]} */
function steepComplexity(code) {
  return complexityOf(code).filter(({ order }) => order >= 2).map(({ handler, order, from, to }) => ({ code: 'steep', severity: 'warning', values: { handler, order }, from, to }));
}

export const RULES = [noHandler, imports, unknownMember, unknownName, missingAwait, callsInLoops, sequentialCalls, targetsAndTimeouts, growingState, steepComplexity];
