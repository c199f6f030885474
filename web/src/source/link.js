/**
 * A design in an address: deflated, in the part after #, which no server sees.
 */

import { parseDesign } from '../document/document.js';

export const LINK_BYTES_MAX = 32_000; // longer addresses are cut by mail programs and chats
const TEXT_BYTES_MAX = 32 * 2 ** 20; // of what a link may unfold to
const MARK = '#design=';

/** @param {Uint8Array} bytes */
const base64url = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

/** @param {string} text */
const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

/** @param {Blob} blob @param {any} stream @param {number} most */
async function through(blob, stream, most) {
  const reader = blob.stream().pipeThrough(stream).getReader();
  /** @type {BlobPart[]} */
  const parts = [];
  for (let length = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    length += value.length;
    if (length > most) throw new RangeError('too long');
    parts.push(value);
  }
}

/**
 * @param {string} text of a design
 * @param {string} page address
 * @returns {Promise<string | null>} null when it would be too long
 */
export async function linkOf(text, page) {
  const packed = await through(new Blob([JSON.stringify(JSON.parse(text))]), new CompressionStream('deflate-raw'), TEXT_BYTES_MAX);
  const link = `${page.replace(/[?#].*$/s, '')}${MARK}${base64url(packed)}`;
  return link.length > LINK_BYTES_MAX ? null : link;
}

/**
 * The design of an address; null when it holds none.
 * @param {string} hash
 * @returns {Promise<string | null>} its text; what is no design rejects
 */
export async function readLink(hash) {
  if (!hash.startsWith(MARK)) return null;
  const bytes = await through(new Blob([bytesOf(hash.slice(MARK.length))]), new DecompressionStream('deflate-raw'), TEXT_BYTES_MAX);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (!parseDesign(text)) throw new TypeError('no design');
  return text;
}
