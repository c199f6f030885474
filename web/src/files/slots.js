/**
 * What is kept of a document: two slots that are written in turn, each with a sequence number and a checksum over its bytes. Whatever
 * happens while one is written, the other is whole; a slot whose bytes are not those that were written is never loaded.
 */

import { parseDesign } from '../document/document.js';

const FORMAT = 'scalesim-slot/1';

/** @typedef {{ checksum: number, bytes: Uint8Array }} Slot as it lies in the database */
/** @typedef {{ sequence: number, name: string, isSaved: boolean, text: string }} Kept */

/** CRC-32 (ISO 3309, reflected, as in zip), by the byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes */
export function crc32(bytes) {
  let value = 0xffffffff;
  for (let at = 0; at < bytes.length; at += 1) value = (value >>> 8) ^ /** @type {number} */ (TABLE[(value ^ /** @type {number} */ (bytes[at])) & 255]);
  return (value ^ 0xffffffff) >>> 0;
}

/** @param {Kept} kept @returns {Slot} */
export function encodeSlot({ sequence, name, isSaved, text }) {
  const bytes = new TextEncoder().encode(`${JSON.stringify({ format: FORMAT, sequence, name, isSaved })}\n${text}`);
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
