/**
 * Reads a handler's source into a tree and finds out what the rules ask: who encloses what, which names are declared, which calls
 * leave the node.
 */

import { parse } from 'acorn';

/** @typedef {any} Tree a node of acorn's */

export const HANDLERS = /** @type {const} */ (['onStart', 'onRequest', 'onMessage', 'onTimer']);
/** Which parameter is the node. */
const NODE_PARAMETER = { onStart: 0, onRequest: 1, onMessage: 1, onTimer: 1 };
const AWAITED = new Set(['call', 'publish', 'sleep', 'transaction']);
const DATA_METHODS = new Set(['get', 'set', 'add', 'increment', 'delete', 'put', 'query']);
const READS = new Set(['get', 'query']);
const LOOPS = new Set(['ForStatement', 'ForOfStatement', 'ForInStatement', 'WhileStatement', 'DoWhileStatement']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export const isLoop = (/** @type {Tree} */ tree) => LOOPS.has(tree.type);
export const isFunction = (/** @type {Tree} */ tree) => FUNCTIONS.has(tree.type);

/** @param {Tree} tree @param {(tree: Tree, above: Tree[]) => void} visit its ancestors, the nearest last @param {Tree[]} [above] */
export function walk(tree, visit, above = []) {
  visit(tree, above);
  above.push(tree);
  for (const child of childrenOf(tree)) walk(child, visit, above);
  above.pop();
}

/** @param {Tree} tree @returns {Tree[]} */
export function childrenOf(tree) {
  return Object.values(tree).flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => value && typeof value === 'object' && typeof value.type === 'string');
}

/** @param {Tree} tree @param {(tree: Tree) => boolean} holds @returns {boolean} */
export function contains(tree, holds) {
  return holds(tree) || childrenOf(tree).some((child) => contains(child, holds));
}

/** The names that a pattern declares. @param {Tree} pattern @returns {string[]} */
function namesOf(pattern) {
  if (!pattern) return [];
  if (pattern.type === 'Identifier') return [pattern.name];
  if (pattern.type === 'AssignmentPattern') return namesOf(pattern.left);
  if (pattern.type === 'RestElement') return namesOf(pattern.argument);
  if (pattern.type === 'Property') return namesOf(pattern.value);
  return (pattern.elements ?? pattern.properties ?? []).flatMap(namesOf);
}

/** What a statement declares. @param {Tree} tree @returns {string[]} */
export function declaredBy(tree) {
  if (tree.type === 'VariableDeclaration') return tree.declarations.flatMap((/** @type {Tree} */ one) => namesOf(one.id));
  if (tree.type === 'ImportDeclaration') return tree.specifiers.map((/** @type {Tree} */ one) => one.local.name);
  if (tree.type === 'CatchClause') return namesOf(tree.param);
  if (tree.type === 'ClassDeclaration' || tree.type === 'ClassExpression') return namesOf(tree.id);
  return isFunction(tree) ? [...namesOf(tree.id), ...tree.params.flatMap(namesOf)] : [];
}

/** @param {Tree} program @returns {Map<string, Tree>} handlers by name, as the functions that they are */
function handlersOf(program) {
  const found = new Map();
  for (const statement of program.body) {
    const inner = statement.type === 'ExportNamedDeclaration' && statement.declaration ? statement.declaration : statement;
    if (inner.type === 'FunctionDeclaration') found.set(inner.id.name, inner);
    for (const one of inner.type === 'VariableDeclaration' ? inner.declarations : []) {
      if (one.id.type === 'Identifier' && one.init && isFunction(one.init)) found.set(one.id.name, one.init);
    }
  }
  return found;
}

/**
 * @param {string} source
 * @throws {SyntaxError & { pos: number }}
 */
export function read(source) {
  const program = /** @type {Tree} */ (parse(source, { ecmaVersion: 2024, sourceType: 'module' }));
  const functions = handlersOf(program);
  const nodes = new Set(['node']);
  for (const name of HANDLERS) {
    const parameter = functions.get(name)?.params[NODE_PARAMETER[name]];
    if (parameter?.type === 'Identifier') nodes.add(parameter.name);
  }
  const declared = new Set(/** @type {string[]} */ ([]));
  const stores = new Map(/** @type {[string, Tree][]} */ ([])); // variables that stand for node.cache(…) or node.table(…)
  const isNode = (/** @type {Tree} */ tree) => tree?.type === 'Identifier' && nodes.has(tree.name);
  const memberOfNode = (/** @type {Tree} */ tree) => (tree?.type === 'MemberExpression' && !tree.computed && isNode(tree.object) ? tree.property.name : '');
  const isStore = (/** @type {Tree} */ tree) => tree?.type === 'CallExpression' && ['cache', 'table'].includes(memberOfNode(tree.callee));
  walk(program, (tree) => {
    for (const name of declaredBy(tree)) declared.add(name);
    if (tree.type === 'VariableDeclarator' && tree.id.type === 'Identifier' && isStore(tree.init)) stores.set(tree.id.name, tree.init);
  });

  /** What leaves the node and is to be awaited. @param {Tree} tree */
  function remote(tree) {
    if (tree?.type !== 'CallExpression' || tree.callee.type !== 'MemberExpression' || tree.callee.computed) return null;
    const member = memberOfNode(tree.callee);
    if (AWAITED.has(member)) {
      const [target] = member === 'sleep' ? [] : tree.arguments;
      const op = member === 'call' ? literal(property(tree.arguments[2], 'op')) : '';
      return { name: member, isRead: READS.has(String(op)), isWait: member === 'sleep', target: literal(target), tree };
    }
    const { object, property: method } = tree.callee;
    const store = isStore(object) ? object : object.type === 'Identifier' ? stores.get(object.name) : undefined;
    if (!store || !DATA_METHODS.has(method.name)) return null;
    return { name: method.name, isRead: READS.has(method.name), isWait: false, target: literal(store.arguments[0]), tree };
  }
  return { program, functions, declared, isNode, memberOfNode, isStore, remote };
}

/** @typedef {ReturnType<typeof read>} Code */

/** The value of a property in an object that is written out. @param {Tree} object @param {string} name @returns {Tree} */
export function property(object, name) {
  if (object?.type !== 'ObjectExpression') return undefined;
  return object.properties.find((/** @type {Tree} */ one) => one.type === 'Property' && !one.computed && (one.key.name ?? one.key.value) === name)?.value;
}

/** @param {Tree} tree @returns {string | undefined} */
export const literal = (tree) => (tree?.type === 'Literal' && typeof tree.value === 'string' ? tree.value : undefined);
