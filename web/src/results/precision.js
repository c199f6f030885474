/**
 * Numbers with honest precision: as many digits as the interval supports, and the interval.
 */

/**
 * Rounds a value and its half-width to the half-width's leading digit: `213 ± 4`.
 * @param {number} value
 * @param {number} half
 * @returns {[string, string]}
 */
export function withInterval(value, half) {
  if (!(half > 0)) return [value.toPrecision(3), ''];
  const exponent = Math.floor(Math.log10(half));
  // A leading 1 keeps a second digit: ±1.4 says more than ±1.
  const places = Math.max(0, -(half / 10 ** exponent < 2 ? exponent - 1 : exponent));
  if (exponent > 0 || places === 0) {
    const unit = 10 ** Math.max(0, half / 10 ** exponent < 2 ? exponent - 1 : exponent);
    return [String(Math.round(value / unit) * unit), String(Math.max(Math.round(half / unit) * unit, unit))];
  }
  return [value.toFixed(Math.min(places, 6)), half.toFixed(Math.min(places, 6))];
}

/**
 * A duration with its half-width, in the unit that fits the value: `{ value: '213', half: '4', unit: 'ms' }`.
 * @param {number | null | undefined} seconds
 * @param {number | null | undefined} half_s
 * @param {number} [size_s] that the unit fits, if it is not the value
 */
export function durationParts(seconds, half_s, size_s = seconds ?? 0) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return null;
  const [factor, unit] = size_s >= 1 ? [1, 's'] : size_s >= 1e-3 ? [1e3, 'ms'] : size_s >= 1e-6 ? [1e6, 'µs'] : [1e9, 'ns'];
  if (seconds === 0) return { value: '0', half: '', unit: 'ms' };
  if (half_s === null || half_s === undefined || !(half_s > 0)) {
    return { value: significant(seconds * factor), half: '', unit };
  }
  const [value, half] = withInterval(seconds * factor, half_s * factor);
  return { value, half, unit };
}

/** @param {number} value three significant digits, without an exponent */
export function significant(value) {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : Math.min(6, 2 - Math.floor(Math.log10(size))));
}
