import { inGroups } from './remove_items.js';

/**
 * Changes a node's id everywhere it is named: edges, flows, faults, SLO metrics, groups and places.
 * @param {string} from
 * @param {string} to
 * @returns {import('../types.js').Command}
 */
export function renameNode(from, to) {
  return {
    name: 'command.rename',
    apply(design) {
      if (from === to || !Object.hasOwn(design.nodes, from) || Object.hasOwn(design.nodes, to)) return design;
      const names = new Map([[from, to]]);
      const next = {
        ...design,
        ...(Array.isArray(design['groups']) ? { groups: inGroups(design['groups'], (id) => (id === from ? to : id)) } : {}),
        nodes: Object.fromEntries(Object.entries(design.nodes)
          .map(([id, node]) => [id === from ? to : id, renameInFlows(node, names)])),
        edges: design.edges.map((edge) => (edge.from === from || edge.to === from
          ? { ...edge, from: edge.from === from ? to : edge.from, to: edge.to === from ? to : edge.to } : edge)),
      };
      if (design.layout) {
        next.layout = Object.fromEntries(Object.entries(design.layout).map(([id, at]) => [id === from ? to : id, at]));
      }
      // A document that is not right yet may hold anything here.
      if (Array.isArray(design.faults)) next.faults = design.faults.map((fault) => renameTarget(fault, from, to));
      if (Array.isArray(design.slos)) next.slos = design.slos.map((slo) => renameMetric(slo, from, to));
      return next;
    },
  };
}

/**
 * A flow step names its callee in `call` or `publish`; steps nest in lists and branches.
 * @param {any} value
 * @param {ReadonlyMap<string, string>} names new ones by old
 * @returns {any}
 */
export function renameInFlows(value, names) {
  if (Array.isArray(value)) {
    const list = value.map((item) => renameInFlows(item, names));
    return list.some((item, index) => item !== value[index]) ? list : value;
  }
  if (value === null || typeof value !== 'object') return value;
  let changed = false;
  const entries = Object.entries(value).map(([key, part]) => {
    const isCallee = (key === 'call' || key === 'publish') && typeof part === 'string';
    const next = isCallee ? names.get(part) ?? part : renameInFlows(part, names);
    changed ||= next !== part;
    return [key, next];
  });
  return changed ? Object.fromEntries(entries) : value;
}

/** @param {any} fault @param {string} from @param {string} to */
function renameTarget(fault, from, to) {
  if (typeof fault?.target !== 'string') return fault;
  const target = fault.target === from ? to : renameEdgeName(fault.target, from, to);
  return target === fault.target ? fault : { ...fault, target };
}

/** @param {string} text @param {string} from @param {string} to */
function renameEdgeName(text, from, to) {
  const [left, right, ...rest] = text.split('->');
  if (right === undefined || rest.length > 0) return text;
  const [end, suffix] = right.split('#');
  return `${left === from ? to : left}->${end === from ? to : end}${suffix === undefined ? '' : `#${suffix}`}`;
}

/** @param {any} slo @param {string} from @param {string} to */
function renameMetric(slo, from, to) {
  if (typeof slo?.metric !== 'string') return slo;
  const [group, name = '', ...rest] = slo.metric.split('.');
  const renamed = group === 'nodes' ? (name === from ? to : name) : group === 'edges' ? renameEdgeName(name, from, to) : name;
  return renamed === name ? slo : { ...slo, metric: [group, renamed, ...rest].join('.') };
}
