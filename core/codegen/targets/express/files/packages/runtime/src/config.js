/** Reads numbers and words from the environment, and says which variable is wrong when one is. */
function number(env, name, fallback, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new Error(`${name}="${text}": write a number from ${min} to ${max}`);
  }
  return value;
}

function choice(env, name, choices) {
  const text = env[name] || choices[0];
  if (!choices.includes(text)) {
    throw new Error(`${name}="${text}": write one of ${choices.join(', ')}`);
  }
  return text;
}

/**
 * The settings every service shares. All come from the environment and all have a default.
 * @param {Record<string, string | undefined>} env
 * @param {{ port: number }} defaults
 */
export function readConfig(env, defaults) {
  return {
    host: env.HOST || '0.0.0.0',
    port: number(env, 'PORT', defaults.port, { max: 65535 }),
    logLevel: choice(env, 'LOG_LEVEL', [
      'info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent',
    ]),
    /** Modelled service times are multiplied by this; 0 switches the simulated work off. */
    workScale: number(env, 'WORK_SCALE', 1, { max: 1000 }),
    /** sleep: the time passes. cpu: a core is kept busy for it. */
    workMode: choice(env, 'WORK_MODE', ['sleep', 'cpu']),
    /** Modelled error rates are multiplied by this; 0 switches injected errors off. */
    errorScale: number(env, 'ERROR_SCALE', 1, { max: 1 }),
    /** Modelled timeouts are multiplied by this, for machines that are slower than the model. */
    timeoutScale: number(env, 'TIMEOUT_SCALE', 1, { min: 0.001, max: 1_000_000 }),
    cacheTtlSeconds: number(env, 'CACHE_TTL_SECONDS', 300, { min: 1 }),
    bodyLimit: env.BODY_LIMIT || '100kb',
    /** After SIGTERM: time in which /readyz already says no but requests are still taken. */
    shutdownDelayMs: number(env, 'SHUTDOWN_DELAY_MS', 0, { max: 600_000 }),
    /** After that: time for requests under way to end. */
    shutdownTimeoutMs: number(env, 'SHUTDOWN_TIMEOUT_MS', 10_000, { max: 600_000 }),
  };
}
