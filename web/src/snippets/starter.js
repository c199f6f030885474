/**
 * Starter code: what a node does without code, written as code, so that it runs at once and shows how each of its neighbours is spoken to.
 * A database is read and written, a cache asked before it, a broker given messages, a service called; with several operations each has
 * its function, and the steps of a flow are its lines.
 */

import { hasTrait, typeOf } from '../palette/catalog.js';
import { textOfMean } from './mean.js';

/** @typedef {import('../types.js').Design} Design */
/** @typedef {{ op: string | undefined, isMessage: boolean, names: Set<string>, value: string, usesKey: boolean, repeats: boolean }} Scope of one function */
/** @typedef {{ to: string, kind: 'cache' | 'database' | 'broker' | 'service', edge: any, node: any, title: string }} Neighbour */

const OPERATIONS_MAX = 8;
const WRITES = /^(?:insert|put|writ|update|upsert|save|set|creat|add|append|store|delete|remove|post|order|check_?-?out|pay|buy|book|charge|reserve|refund|shorten|upload|register|sign|send|transfer|submit|publish)/i;

/** @param {any} type @returns {Neighbour['kind']} */
function kindOf(type) {
  if (hasTrait(type, 'cache')) return 'cache';
  if (hasTrait(type, 'store')) return 'database';
  return hasTrait(type, 'broker') ? 'broker' : 'service';
}

/** A name for a variable or a function. @param {string} id */
const nameOf = (id) => id.replace(/[-_]+(\w)/g, (_, letter) => letter.toUpperCase()).replace(/[-_]+$/, '');

const RESERVED = new Set(['await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'default', 'delete', 'do', 'else', 'enum', 'eval', 'export', 'extends', 'false', 'finally',
  'for', 'function', 'if', 'implements', 'import', 'in', 'instanceof', 'interface', 'key', 'let', 'message', 'new', 'node', 'null', 'package', 'private', 'protected', 'public', 'repeat',
  'request', 'return', 'static', 'super', 'switch', 'this', 'throw', 'tick', 'true', 'try', 'typeof', 'undefined', 'var', 'void', 'while', 'with', 'yield', 'chance', 'arguments', 'async', 'of', 'work']);

/** @param {Set<string>} names in use @param {string} id */
function freeName(names, id) {
  const base = nameOf(id);
  let name = RESERVED.has(base) ? `${base}It` : base;
  for (let n = 2; names.has(name); n += 1) name = `${base}${n}`;
  names.add(name);
  return name;
}

/** Steps of a flow and of those within it. @param {any} flow @returns {any[]} */
function stepsOf(flow) {
  return (Array.isArray(flow) ? flow : []).flatMap((step) => [step, ...stepsOf(step.miss), ...stepsOf(step.flow),
    ...(step.parallel ?? []).flatMap(stepsOf), ...(step.choose ?? []).flatMap((/** @type {any} */ way) => stepsOf(way.flow))]);
}

/** Operations that code asks a node for, where it says so in the call. @param {string} source @param {string} to */
const toldIn = (source, to) => [...source.matchAll(/\.call\(\s*['"]([\w-]+)['"][^;]{0,200}?\bop:\s*['"]([a-z][\w-]*)['"]/g)].filter(([, target]) => target === to).map(([, , op]) => op ?? '');

/**
 * Code for a node that has none.
 * @param {Design} design @param {string} id @param {any} catalog
 * @returns {string}
 */
export function starterOf(design, id, catalog) {
  const { nodes } = design;
  const edges = /** @type {any[]} */ (design.edges);
  const node = /** @type {any} */ (nodes[id] ?? {});
  const type = typeOf(catalog, node.type ?? '');
  const title = (/** @type {string} */ to) => typeOf(catalog, nodes[to]?.type ?? '')?.title ?? '';
  const kindAt = (/** @type {string} */ to) => kindOf(typeOf(catalog, nodes[to]?.type ?? ''));
  const inward = edges.filter(({ to }) => to === id);
  const isFed = inward.some(({ from }) => kindAt(from) === 'broker');
  const isAsked = inward.some(({ from }) => kindAt(from) !== 'broker');

  /** Whether calls from there can come back here: a call there would then never end. @param {string} from @param {Set<string>} seen @returns {boolean} */
  function comesBack(from, seen = new Set()) {
    if (from === id) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return edges.some((edge) => edge.from === from && comesBack(edge.to, seen));
  }

  const neighbours = new Map(edges.filter(({ from, to }) => from === id && nodes[to]).map((edge) => [edge.to, /** @type {Neighbour} */ ({
    to: edge.to, kind: kindAt(edge.to), edge, node: nodes[edge.to], title: title(edge.to) })]));
  const peers = [...neighbours.keys()].filter((to) => comesBack(to));
  const called = [...neighbours.values()].filter(({ to }) => !peers.includes(to));

  /** Operations that come along the edges to a node. @param {string} to @param {Set<string>} seen @returns {string[]} */
  function arriving(to, seen = new Set()) {
    if (seen.has(to)) return [];
    seen.add(to);
    return edges.filter((edge) => edge.to === to).flatMap((edge) => {
      if (edge.op) return [edge.op];
      const from = /** @type {any} */ (nodes[edge.from] ?? {});
      if (from.code) return toldIn(String(from.code.source ?? ''), to);
      const known = [...new Set([...Object.keys(from.operations ?? {}), ...arriving(edge.from, seen)])];
      return known.flatMap((op) => {
        const flow = from.operations?.[op]?.flow;
        return flow ? stepsOf(flow).filter((step) => (step.call ?? step.publish) === to).map((step) => step.op ?? op) : [op];
      });
    });
  }
  const own = Object.keys(node.operations ?? {});
  const operations = [...new Set([...own, ...arriving(id)])].slice(0, OPERATIONS_MAX);

  /** How long the node works on an operation, in the middle. @param {string | undefined} op */
  function workOf(op) {
    const times = node.service_time ?? type?.properties.find(({ name }) => name === 'service_time')?.default;
    const isByOperation = times !== null && typeof times === 'object';
    return (op && node.operations?.[op]?.service_time) ?? (isByOperation ? (op && times[op]) ?? times.default : times);
  }

  /** @param {unknown} time @returns {string[]} */
  function sleep(time) {
    const mean = textOfMean(time);
    return mean ? [`await node.sleep('${mean}'); // its own work; node.cpu would keep a processor busy, too`] : [];
  }

  /** @param {Scope} scope @param {string | undefined} op of the step */
  const isWrite = (scope, op) => WRITES.test(op ?? scope.op ?? (scope.isMessage ? 'put' : 'get'));

  /** What is said to one neighbour: an expression that is to be awaited, and what to call its value. @param {Scope} scope @param {Neighbour} to @param {string} [op] */
  function say(scope, { to, kind, edge, node: target }, op) {
    scope.usesKey = true;
    if (kind === 'broker') return { text: `node.publish('${to}', { key }, { key })`, value: '' };
    if (kind === 'database') {
      return isWrite(scope, op) ? { text: `node.table('${to}', 'items').put(key, { at: node.now() })`, value: '' } : { text: `node.table('${to}', 'items').get(key)`, value: to };
    }
    if (kind === 'cache') return { text: isWrite(scope, op) ? `node.cache('${to}').delete(key)` : `node.cache('${to}').get(key)`, value: isWrite(scope, op) ? '' : to };
    if ((edge.kind ?? 'call') !== 'call') return { text: `node.send('${to}', { key })`, value: '', isSent: true };
    const differs = target.operations || target.code || (target.service_time && typeof target.service_time === 'object');
    const operation = edge.op ? undefined : op ?? (differs ? scope.op : undefined);
    const options = [operation ? `op: '${operation}'` : '', edge.timeout === undefined ? "timeout: '1s'" : ''].filter(Boolean).join(', ');
    return { text: `node.call('${to}', { key }${options ? `, { ${options} }` : ''})`, value: '' };
  }

  /** @param {Scope} scope @param {Neighbour} neighbour @param {string} [op] @returns {string[]} */
  function line(scope, neighbour, op) {
    const { text, value, isSent } = say(scope, neighbour, op);
    if (isSent) return [`${text};`];
    if (!value) return [`await ${text};`];
    scope.value = freeName(scope.names, value);
    return [`const ${scope.value} = await ${text};`];
  }

  /** Without a flow: its work, then its neighbours in the order of the document; caches before what they keep. @param {Scope} scope @returns {string[]} */
  function plain(scope) {
    const caches = called.filter(({ kind }) => kind === 'cache');
    const databases = called.filter(({ kind }) => kind === 'database');
    const others = called.filter(({ kind }) => kind === 'service' || kind === 'broker');
    return [...sleep(workOf(scope.op)), ...data(scope, caches, databases), ...others.flatMap((each) => line(scope, each))];
  }

  /** @param {Scope} scope @param {Neighbour[]} caches @param {Neighbour[]} databases @returns {string[]} */
  function data(scope, caches, databases) {
    const [cache, ...moreCaches] = caches;
    if (isWrite(scope, undefined)) return [...databases, ...caches].flatMap((each) => line(scope, each));
    if (!cache) return reads(scope, databases);
    scope.usesKey = true;
    scope.value = freeName(scope.names, 'value');
    const name = scope.value;
    const [first, ...rest] = databases;
    const read = first ? say(scope, first).text : '';
    return [
      `let ${name} = await node.cache('${cache.to}').get(key); // undefined: it is not there`,
      `if (${name} === undefined) {`,
      read ? `  ${name} = (await ${read}) ?? { at: node.now() };` : `  ${name} = { at: node.now() };`,
      `  await node.cache('${cache.to}').set(key, ${name}, { ttl: '1m' });`,
      '}',
      ...reads({ ...scope, value: '' }, [...rest, ...moreCaches]),
    ];
  }

  /** Reads that need not wait for each other are made together. @param {Scope} scope @param {Neighbour[]} from @returns {string[]} */
  function reads(scope, from) {
    if (from.length < 2) return from.flatMap((each) => line(scope, each));
    const names = from.map(({ to }) => freeName(scope.names, to));
    scope.value = names[0] ?? '';
    return [`const [${names.join(', ')}] = await Promise.all([`, ...from.map((each) => `  ${say(scope, each).text},`), ']);', `node.debug(key, ${names.join(', ')});`];
  }

  /** @param {Scope} scope @param {any} flow @returns {string[]} */
  function flowLines(scope, flow) {
    return (Array.isArray(flow) ? flow : []).flatMap((step) => stepLines(scope, step));
  }

  /** A flow as an expression that is to be awaited. @param {Scope} scope @param {any} flow @returns {string[]} */
  function asPromise(scope, flow) {
    const inner = { ...scope, names: new Set(scope.names), value: '' };
    const [only] = Array.isArray(flow) && flow.length === 1 ? flow : [];
    const neighbour = only ? neighbours.get(only.call ?? only.publish ?? '') : undefined;
    if (neighbour && !only.miss && !peers.includes(neighbour.to)) {
      const { text, isSent } = say(inner, neighbour, only.op);
      scope.usesKey = true;
      if (!isSent) return [`${text},`];
    }
    const lines = flowLines(inner, flow);
    scope.usesKey ||= inner.usesKey;
    scope.repeats ||= inner.repeats;
    return ['(async () => {', ...indented(lines), '})(),'];
  }

  /** @param {Scope} scope @param {any} step @returns {string[]} */
  function stepLines(scope, step) {
    if (step.compute !== undefined) return sleep(step.compute);
    if (step.parallel) return ['await Promise.all([', ...indented(step.parallel.flatMap((/** @type {any} */ flow) => asPromise(scope, flow))), ']);'];
    if (step.choose) return chooseLines(scope, step.choose);
    if (step.repeat !== undefined) {
      scope.repeats = true;
      return [`await repeat(${step.repeat}, async () => {`, ...indented(within(scope, step.flow)), '});'];
    }
    const neighbour = neighbours.get(step.call ?? step.publish ?? '');
    if (!neighbour || peers.includes(neighbour.to)) return [];
    if (step.miss && neighbour.kind === 'cache') return missLines(scope, neighbour, step.miss);
    return line(scope, neighbour, step.op);
  }

  /** @param {Scope} scope @param {Neighbour} cache @param {any} flow @returns {string[]} */
  function missLines(scope, cache, flow) {
    const name = freeName(scope.names, 'cached');
    scope.usesKey = true;
    const inner = { ...scope, names: new Set(scope.names), value: '' };
    const lines = within(inner, flow);
    scope.repeats ||= inner.repeats;
    const kept = inner.value ? `${inner.value} ?? { at: node.now() }` : '{ at: node.now() }';
    return [
      `const ${name} = await node.cache('${cache.to}').get(key); // undefined: it is not there`,
      `if (${name} === undefined) {`, ...indented([...lines, `await node.cache('${cache.to}').set(key, ${kept}, { ttl: '1m' });`]), '}',
    ];
  }

  /** @param {Scope} scope @param {any[]} ways @returns {string[]} */
  function chooseLines(scope, ways) {
    const chance = freeName(scope.names, 'luck');
    let sum = 0;
    return [`const ${chance} = node.random();`, ...ways.flatMap(({ probability, flow }, index) => {
      sum += typeof probability === 'string' ? parseFloat(probability) / 100 : Number(probability);
      return [`${index > 0 ? '} else ' : ''}if (${chance} < ${Number(sum.toPrecision(6))}) {`, ...indented(within(scope, flow))];
    }), '}'];
  }

  /** A block: its names are its own. @param {Scope} scope @param {any} flow @returns {string[]} */
  function within(scope, flow) {
    const inner = { ...scope, names: new Set(scope.names) };
    const lines = flowLines(inner, flow);
    scope.usesKey ||= inner.usesKey;
    scope.repeats ||= inner.repeats;
    return lines;
  }

  /** What is done for one operation. @param {string | undefined} op @param {boolean} isMessage */
  function workLines(op, isMessage) {
    const scope = /** @type {Scope} */ ({ op, isMessage, names: new Set(operations.map(nameOf)), value: '', usesKey: false, repeats: false });
    const flow = op === undefined ? undefined : node.operations?.[op]?.flow;
    const lines = flow ? flowLines(scope, flow) : plain(scope);
    return { lines, scope };
  }

  return written({
    head: headOf(node.name ?? id, called, peers),
    isAsked: isAsked || !isFed && inward.length > 0, isFed, isAlone: inward.length === 0,
    works: operations.length > 0 ? operations.map((op) => ({ op, ...workLines(op, !isAsked && isFed) })) : [{ op: undefined, ...workLines(undefined, !isAsked && isFed) }],
  });
}

/** @param {string} name @param {Neighbour[]} called @param {string[]} peers */
function headOf(name, called, peers) {
  const list = called.map(({ to, title }) => `${to} (${title})`).join(', ');
  const lines = [`// ${name.replace(/\s+/g, ' ')}: what it does without code, as code.`, `// ${list ? `It speaks to ${list}.` : 'It has no edge to another node yet.'}`];
  if (peers.length > 0) lines.push(`// It could also reach ${peers.join(', ')}, whose calls come back here: node.send('${peers[0]}', …) tells without waiting.`);
  return lines;
}

/** A remark that many lines have is made once. @param {string[]} lines */
function saidOnce(lines) {
  const said = new Set();
  return lines.map((line) => {
    const [, code = line, remark = ''] = /^(.*;) (\/\/ .*)$/.exec(line) ?? [];
    if (remark === '' || !said.has(remark)) return said.add(remark) && line;
    return code;
  });
}

/** @param {string[]} lines */
const indented = (lines) => lines.map((line) => `  ${line}`);

/**
 * The functions around the work.
 * @param {{ head: string[], isAsked: boolean, isFed: boolean, isAlone: boolean, works: { op: string | undefined, lines: string[], scope: Scope }[] }} parts
 */
function written({ head, isAsked, isFed, isAlone, works }) {
  const usesKey = works.some(({ scope }) => scope.usesKey);
  const text = [...head];
  const names = new Set(['onStart', 'onRequest', 'onMessage', 'onTimer']);
  const functions = works.map(({ op, lines, scope }) => {
    const answer = scope.value ? `return { value: ${scope.value} };` : 'return { ok: true };';
    return { op, name: freeName(names, op ?? 'work'), lines: [...lines, answer] };
  });
  const parameters = usesKey ? '(key, node)' : '(node)';
  const [only] = functions.length === 1 ? functions : [];
  const dispatch = (/** @type {string} */ what) => [
    ...functions.slice(0, -1).map(({ op, name }) => `if (${what} === '${op}') return ${name}${parameters};`),
    `return ${functions.at(-1)?.name}${parameters};`,
  ];
  const isInline = only !== undefined && [isAsked, isFed, isAlone].filter(Boolean).length === 1;
  const body = (/** @type {string} */ what) => (isInline ? only.lines.slice(0, what === 'message.topic' ? -1 : undefined) : dispatch(what));
  if (isAlone) {
    text.push('', 'export function onStart(node) {', "  node.setTimer('1s', tick);", '}', '', 'async function tick(node) {', "  node.setTimer('1s', tick);",
      ...(usesKey ? ['  const key = Math.floor(node.random() * 1000);'] : []), ...indented(isInline ? only.lines.slice(0, -1) : dispatch("''")), '}');
  }
  if (isAsked) {
    text.push('', 'export async function onRequest(request, node) {',
      ...(usesKey ? ['  const key = request.body?.key ?? request.id % 1000; // what it is about: a client of the model says nothing'] : []), ...indented(body('request.op')), '}');
  }
  if (isFed) {
    text.push('', '// Returning acknowledges the message; throwing lets it come again. It may come twice in any case.', 'export async function onMessage(message, node) {',
      ...(usesKey ? ['  const key = message.body?.key ?? message.id % 1000; // what it is about'] : []), ...indented(body('message.topic')), '}');
  }
  if (!isInline) for (const { name, lines } of functions) text.push('', `async function ${name}${parameters} {`, ...indented(lines), '}');
  if (works.some(({ scope }) => scope.repeats)) {
    text.push('', 'async function repeat(times, work) {', '  for (let i = 0; i < times; i++) await work();', '}');
  }
  return `${saidOnce(text).join('\n')}\n`;
}
