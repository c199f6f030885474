/// A picture of a distribution while it is typed. For the eye only: the engine's own reading of the
/// text is what counts, and what it objects to appears under the field.

/** @typedef {{ mean: number, cv: number, density: (x: number) => number, low: number, high: number }} Shape */

const UNITS = {
  ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86400,
  B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40,
  '/s': 1, '/m': 1 / 60, '/h': 1 / 3600, $: 1, '%': 0.01,
};

/** @param {string} text @returns {number} NaN where it is no quantity */
export function quantity(text) {
  const match = /^\$?\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-zµA-Z/%$]*)$/.exec(text.trim());
  if (!match) return NaN;
  const unit = match[2] ?? '';
  const scale = unit === '' ? 1 : /** @type {Record<string, number>} */ (UNITS)[unit];
  return scale === undefined ? NaN : Number(match[1]) * scale;
}

/** @param {string} text @returns {{ name: string, positional: string[], named: Map<string, string> } | null} */
function call(text) {
  const match = /^\s*([a-z]+)\s*\((.*)\)\s*$/s.exec(text);
  if (!match) return null;
  /** @type {string[]} */
  const parts = [];
  let depth = 0;
  let from = 0;
  const inside = match[2] ?? '';
  for (let i = 0; i <= inside.length; i++) {
    const c = inside[i];
    if (c === '(') depth++;
    if (c === ')') depth--;
    if (i === inside.length || (c === ',' && depth === 0)) {
      parts.push(inside.slice(from, i).trim());
      from = i + 1;
    }
  }
  const positional = parts.filter((part) => !/^[a-z]+\s*=/.test(part));
  const named = new Map(
    parts.filter((part) => /^[a-z]+\s*=/.test(part)).map((part) => {
      const [key = '', value = ''] = part.split('=');
      return [key.trim(), value.trim()];
    }),
  );
  return { name: match[1] ?? '', positional, named };
}

/** ln Γ(x), Lanczos' approximation. @param {number} x @returns {number} */
function logGamma(x) {
  const c = [76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2, -0.5395239384953e-5];
  let sum = 1.000000000190015;
  c.forEach((value, i) => {
    sum += value / (x + 1 + i);
  });
  return -(x + 5.5) + (x + 0.5) * Math.log(x + 5.5) + Math.log((2.5066282746310005 * sum) / x);
}

/** @param {number} mean @param {number} cv @returns {Shape} */
function gammaShape(mean, cv) {
  const k = 1 / (cv * cv);
  const theta = mean / k;
  const density = (/** @type {number} */ x) =>
    x <= 0 ? 0 : Math.exp((k - 1) * Math.log(x / theta) - x / theta - logGamma(k)) / theta;
  return { mean, cv, density, low: 0, high: mean * (1 + 3.5 * Math.max(cv, 0.3)) };
}

/** @param {number} mean @returns {Shape} */
function exponential(mean) {
  return { mean, cv: 1, density: (x) => (x < 0 ? 0 : Math.exp(-x / mean) / mean), low: 0, high: 4.5 * mean };
}

/** @type {Record<string, (get: (name: string, at: number) => number) => Shape>} */
const SHAPES = {
  exp: (get) => exponential(get('mean', 0)),
  uniform(get) {
    const [a, b] = [get('a', 0), get('b', 1)];
    const mean = (a + b) / 2;
    const pad = (b - a) * 0.25;
    return {
      mean, cv: (b - a) / Math.sqrt(12) / mean, low: Math.max(0, a - pad), high: b + pad,
      density: (x) => (x >= a && x <= b ? 1 / (b - a) : 0),
    };
  },
  normal(get) {
    const [mean, sd] = [get('mean', 0), get('sd', 1)];
    return {
      mean, cv: sd / mean, low: Math.max(0, mean - 3.5 * sd), high: mean + 3.5 * sd,
      density: (x) => (x < 0 ? 0 : Math.exp(-((x - mean) ** 2) / (2 * sd * sd)) / (sd * 2.5066)),
    };
  },
  lognormal(get) {
    const [mean, cv] = [get('mean', 0), get('cv', 1)];
    const sigma2 = Math.log(1 + cv * cv);
    const mu = Math.log(mean) - sigma2 / 2;
    return {
      mean, cv, low: 0, high: mean * (1 + 3 * cv),
      density: (x) => (x <= 0 ? 0 : Math.exp(-((Math.log(x) - mu) ** 2) / (2 * sigma2)) / (x * Math.sqrt(sigma2 * 2 * Math.PI))),
    };
  },
  gamma: (get) => gammaShape(get('mean', 0), get('cv', 1)),
  erlang: (get) => gammaShape(get('mean', 1), 1 / Math.sqrt(get('k', 0))),
  weibull(get) {
    const [k, scale] = [get('shape', 0), get('scale', 1)];
    const m1 = Math.exp(logGamma(1 + 1 / k));
    const m2 = Math.exp(logGamma(1 + 2 / k));
    const cv = Math.sqrt(m2 / (m1 * m1) - 1);
    return {
      mean: scale * m1, cv, low: 0, high: scale * m1 * (1 + 3.5 * cv),
      density: (x) => (x <= 0 ? 0 : (k / scale) * (x / scale) ** (k - 1) * Math.exp(-((x / scale) ** k))),
    };
  },
  pareto(get) {
    const [min, alpha] = [get('min', 0), get('alpha', 1)];
    const mean = alpha > 1 ? (alpha * min) / (alpha - 1) : Infinity;
    return {
      mean, cv: alpha > 2 ? 1 / Math.sqrt(alpha * (alpha - 2)) : Infinity, low: 0, high: min * 6,
      density: (x) => (x < min ? 0 : (alpha / x) * (min / x) ** alpha),
    };
  },
};

/**
 * Weighted parts: "p: dist, …".
 * @param {string[]} parts @param {(text: string) => Shape | null} read
 * @returns {Shape | null}
 */
function mixture(parts, read) {
  /** @type {{ p: number, shape: Shape }[]} */
  const list = [];
  for (const part of parts) {
    const colon = part.indexOf(':');
    const p = quantity(part.slice(0, colon));
    const shape = read(part.slice(colon + 1));
    if (colon < 0 || !(p >= 0) || !shape) return null;
    list.push({ p, shape });
  }
  const total = list.reduce((sum, { p }) => sum + p, 0);
  if (!(total > 0)) return null;
  const mean = list.reduce((sum, { p, shape }) => sum + (p / total) * shape.mean, 0);
  const second = list.reduce((sum, { p, shape }) => sum + (p / total) * shape.mean ** 2 * (1 + shape.cv ** 2), 0);
  return {
    mean, cv: Math.sqrt(Math.max(0, second / mean ** 2 - 1)),
    low: Math.min(...list.map(({ shape }) => shape.low)),
    high: Math.max(...list.map(({ shape }) => shape.high)),
    density: (x) => list.reduce((sum, { p, shape }) => sum + (p / total) * shape.density(x), 0),
  };
}

/**
 * The shape of a distribution's text; null where it cannot be drawn (a constant has no density).
 * @param {string} text
 * @returns {Shape | null}
 */
export function shapeOf(text) {
  const found = call(text);
  if (!found) return null;
  if (found.name === 'mix') return mixture(found.positional, shapeOf);
  if (found.name === 'hyperexp') return mixture(found.positional, (mean) => exponential(quantity(mean)));
  const make = SHAPES[found.name];
  if (!make) return null;
  const shape = make((name, at) => quantity(found.named.get(name) ?? found.positional[at] ?? ''));
  return Number.isFinite(shape.high) && shape.high > shape.low && shape.mean > 0 ? shape : null;
}

/**
 * The outline of a density as the `d` of an SVG path, filled down to the base line.
 * @param {Shape} shape @param {number} width @param {number} height
 */
export function outline(shape, width, height) {
  const points = 72;
  /** @type {number[]} */
  const values = [];
  for (let i = 0; i <= points; i++) {
    // Half a step in, so that a density infinite at an end does not flatten the rest.
    const x = shape.low + ((i + 0.5) / (points + 1)) * (shape.high - shape.low);
    values.push(shape.density(x));
  }
  const sorted = [...values].sort((a, b) => a - b);
  const top = Math.max(sorted[points] ?? 0, 1e-300);
  const cap = Math.min(top, 6 * Math.max(1e-300, sorted[Math.floor(points * 0.8)] ?? top) + top * 0.2);
  let d = `M0 ${height}`;
  values.forEach((value, i) => {
    const y = height - Math.min(1, value / cap) * (height - 1.5);
    d += `L${((i / points) * width).toFixed(1)} ${y.toFixed(1)}`;
  });
  return `${d}L${width} ${height}Z`;
}
