/// Numbers for people: three significant digits, the unit that fits, tabular. Digits and units are Latin in every language,
/// as engineers write them, and run from left to right.

import { quantity } from '../i18n/index.js';

const DASH = '–';

/** @param {number} value @returns {string} */
function digits(value) {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2).replace(/\.?0+$/, '');
}

/** @param {number | null | undefined} seconds @returns {string} */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return DASH;
  if (seconds === 0) return quantity('0 ms');
  const size = Math.abs(seconds);
  if (size < 1e-6) return quantity(`${digits(seconds * 1e9)} ns`);
  if (size < 1e-3) return quantity(`${digits(seconds * 1e6)} µs`);
  if (size < 1) return quantity(`${digits(seconds * 1e3)} ms`);
  if (size < 600) return quantity(`${digits(seconds)} s`);
  if (size < 36_000) return quantity(`${digits(seconds / 60)} min`);
  return quantity(`${digits(seconds / 3600)} h`);
}

/** @param {number | null | undefined} value @returns {string} */
export function count(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const size = Math.abs(value);
  if (size >= 1e9) return quantity(`${digits(value / 1e9)} G`);
  if (size >= 1e6) return quantity(`${digits(value / 1e6)} M`);
  if (size >= 1e4) return quantity(`${digits(value / 1e3)} k`);
  return size >= 100 ? value.toFixed(0) : digits(value);
}

/** @param {number | null | undefined} per_second @returns {string} */
export function rate(per_second) {
  if (per_second === null || per_second === undefined || !Number.isFinite(per_second)) return DASH;
  return quantity(`${count(per_second).replace(' ', '\u202f')}/s`);
}

/** @param {number | null | undefined} share @returns {string} */
export function percent(share) {
  if (share === null || share === undefined || !Number.isFinite(share)) return DASH;
  const value = share * 100;
  if (value > 0 && value < 0.95) return quantity(value < 0.095 ? '<0.1\u202f%' : `${value.toFixed(1)}\u202f%`);
  return quantity(`${Math.round(value)}\u202f%`);
}
