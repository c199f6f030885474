/**
 * What is kept of a document: two slots that are written in turn, each with a sequence number and a checksum over its bytes. Whatever
 * happens while one is written, the other is whole; a slot whose bytes are not those that were written is never loaded.
 */

import { parseDesign } from '../document/document.js';

const FORMAT = 'scalesim-slot/1';

/** @typedef {{ checksum: number, bytes: Uint8Array }} Slot as it lies in the database */
/** @typedef {{ sequence: number, name: string, isSaved: boolean, text: string }} Kept */

/** CRC-32 (ISO 3309, reflected, as in zip): four tables, for a byte and for the three that precede it in a word. */
const TABLE = new Int32Array(4 * 256);
for (let index = 0; index < 256; index += 1) {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  TABLE[index] = value;
}
for (let index = 256; index < TABLE.length; index += 1) {
  const before = at(TABLE, index - 256);
  TABLE[index] = (before >>> 8) ^ at(TABLE, before & 255);
}

/** @param {Int32Array | Uint8Array} list @param {number} index within it */
function at(list, index) {
  return /** @type {number} */ (list[index]);
}

/** @param {Uint8Array} bytes */
export function crc32(bytes) {
  const words_end = bytes.length & ~3;
  let value = -1;
  let i = 0;
  for (; i < words_end; i += 4) { // by the word: a large document is kept several times a second while it is edited
    value ^= at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24);
    value = at(TABLE, 768 + (value & 255)) ^ at(TABLE, 512 + ((value >>> 8) & 255)) ^ at(TABLE, 256 + ((value >>> 16) & 255)) ^ at(TABLE, value >>> 24);
  }
  for (; i < bytes.length; i += 1) value = (value >>> 8) ^ at(TABLE, (value ^ at(bytes, i)) & 255);
  return ~value >>> 0;
}

/** The bytes of a text. Nearly all are of ASCII only, which is written in place, several times as fast. @param {string} text */
function bytesOf(text) {
  const encoder = new TextEncoder();
  const bytes = new Uint8Array(text.length);
  return encoder.encodeInto(text, bytes).read === text.length ? bytes : encoder.encode(text);
}

/** @param {Kept} kept @returns {Slot} */
export function encodeSlot({ sequence, name, isSaved, text }) {
  const bytes = bytesOf(`${JSON.stringify({ format: FORMAT, sequence, name, isSaved })}\n${text}`);
  return { checksum: crc32(bytes), bytes };
}

/**
 * @param {unknown} slot
 * @returns {Kept | null} null where it is torn, damaged or empty
 */
export function decodeSlot(slot) {
  const { checksum, bytes } = /** @type {Partial<Slot>} */ (slot ?? {});
  if (!(bytes instanceof Uint8Array) || crc32(bytes) !== checksum) return null;
  try {
    const whole = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const end = whole.indexOf('\n');
    const { format, sequence, name, isSaved } = JSON.parse(whole.slice(0, end));
    const text = whole.slice(end + 1);
    if (format !== FORMAT || !Number.isSafeInteger(sequence) || parseDesign(text) === null) return null;
    return { sequence, name: String(name), isSaved: isSaved === true, text };
  } catch {
    return null;
  }
}

/**
 * The newest of the slots that are whole.
 * @param {unknown[]} slots
 * @returns {Kept | null}
 */
export function newestOf(slots) {
  const whole = slots.map(decodeSlot).filter((kept) => kept !== null);
  return whole.reduce((/** @type {Kept | null} */ best, kept) => (best && best.sequence > kept.sequence ? best : kept), null);
}
