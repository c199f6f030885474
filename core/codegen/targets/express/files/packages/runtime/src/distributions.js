/** Distributions as the model writes them, in base units: "exp(0.004)", "lognormal(mean=0.006, cv=0.6)". */

function open() {
  return 1 - Math.random(); // in (0, 1], so that its logarithm is finite
}

function normal() {
  return Math.sqrt(-2 * Math.log(open())) * Math.cos(2 * Math.PI * Math.random());
}

/** Marsaglia and Tsang (2000); below shape 1 by the usual boost. */
function gamma(shape) {
  if (shape < 1) return gamma(shape + 1) * open() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(open()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

function pick(pairs) {
  const total = pairs.reduce((sum, pair) => sum + pair.weight, 0);
  let left = Math.random() * total;
  for (const pair of pairs) {
    left -= pair.weight;
    if (left < 0) return pair.value;
  }
  return pairs.at(-1).value;
}

/** Splits at a separator outside brackets. */
function split(text, separator) {
  const parts = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0 && text[at] === separator) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  parts.push(text.slice(from).trim());
  return parts.filter((part) => part !== '');
}

function numberOf(text) {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw new Error(`"${text}" is not a number`);
  return value;
}

/** Reads "mean=1, cv=2" or "1, 2" into an object of the names given. */
function namedArguments(text, names) {
  const values = {};
  split(text, ',').forEach((part, index) => {
    const [name, value] = part.includes('=') ? part.split('=') : [names[index], part];
    if (!names.includes(name?.trim())) throw new Error(`unexpected argument "${part}"`);
    values[name.trim()] = numberOf(value.trim());
  });
  for (const name of names) if (!(name in values)) throw new Error(`"${name}" is missing`);
  return values;
}

function coxian(text) {
  const [rates, phis = ''] = text.split(';');
  const rate = split(rates, ',').map(numberOf);
  const phi = split(phis, ',').map(numberOf);
  return () => {
    let time = 0;
    for (let phase = 0; phase < rate.length; phase += 1) {
      time -= Math.log(open()) / rate[phase];
      if (Math.random() >= (phi[phase] ?? 0)) break;
    }
    return time;
  };
}

/** "key: value" pairs; `keyIsWeight` tells which side is the weight. */
function pairsOf(text, keyIsWeight, read) {
  return split(text, ',').map((part) => {
    const [key, value] = split(part, ':');
    return keyIsWeight
      ? { weight: numberOf(key), value: read(value) }
      : { weight: numberOf(value), value: read(key) };
  });
}

const KINDS = {
  exp(text) {
    const { mean } = namedArguments(text, ['mean']);
    return () => -Math.log(open()) * mean;
  },
  uniform(text) {
    const { a, b } = namedArguments(text, ['a', 'b']);
    return () => a + Math.random() * (b - a);
  },
  normal(text) {
    const { mean, sd } = namedArguments(text, ['mean', 'sd']);
    return () => {
      for (let turn = 0; turn < 1000; turn += 1) {
        const x = mean + sd * normal();
        if (x >= 0) return x;
      }
      return 0;
    };
  },
  lognormal(text) {
    const { mean, cv } = namedArguments(text, ['mean', 'cv']);
    const variance = Math.log1p(cv * cv);
    const mu = Math.log(mean) - variance / 2;
    return () => Math.exp(mu + Math.sqrt(variance) * normal());
  },
  gamma(text) {
    const { mean, cv } = namedArguments(text, ['mean', 'cv']);
    const shape = 1 / (cv * cv);
    return () => (mean / shape) * gamma(shape);
  },
  erlang(text) {
    const { k, mean } = namedArguments(text, ['k', 'mean']);
    return () => {
      let time = 0;
      for (let phase = 0; phase < k; phase += 1) time -= (Math.log(open()) * mean) / k;
      return time;
    };
  },
  weibull(text) {
    const { shape, scale } = namedArguments(text, ['shape', 'scale']);
    return () => scale * (-Math.log(open())) ** (1 / shape);
  },
  pareto(text) {
    const { min, alpha } = namedArguments(text, ['min', 'alpha']);
    return () => min * open() ** (-1 / alpha);
  },
  hyperexp(text) {
    const pairs = pairsOf(text, true, numberOf);
    return () => -Math.log(open()) * pick(pairs);
  },
  coxian,
  empirical(text) {
    const pairs = pairsOf(text, false, numberOf);
    return () => pick(pairs);
  },
  mix(text) {
    const pairs = pairsOf(text, true, distribution);
    return () => pick(pairs)();
  },
};

/**
 * Reads a distribution and returns a function that draws from it.
 * @param {string | number} written
 * @returns {() => number}
 */
export function distribution(written) {
  const text = String(written).trim();
  const call = /^([a-z]+)\((.*)\)$/s.exec(text);
  try {
    if (!call) {
      const value = numberOf(text);
      return () => value;
    }
    const kind = Object.hasOwn(KINDS, call[1]) ? KINDS[call[1]] : undefined;
    if (!kind) throw new Error(`write one of ${Object.keys(KINDS).join(', ')}`);
    return kind(call[2]);
  } catch (error) {
    throw new Error(`distribution "${text}": ${error.message}`, { cause: error });
  }
}
