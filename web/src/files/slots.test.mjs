import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, decodeSlot, encodeSlot, newestOf } from './slots.js';

const text = (/** @type {number} */ n) => `{\n  "format": "scalesim/1",\n  "name": "Größe ${n}",\n  "nodes": {},\n  "edges": []\n}\n`;
const slot = (/** @type {number} */ sequence) => encodeSlot({ sequence, name: 'mine', isSaved: false, text: text(sequence) });

/** CRC-32 bit by bit, as the standard defines it. @param {Uint8Array} bytes */
function bitwise(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return ~value >>> 0;
}

test('the checksum is CRC-32', () => {
  assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926); // the check value of the standard
  assert.equal(crc32(new Uint8Array()), 0);
  const bytes = Uint8Array.from({ length: 67 }, (_, i) => i * 37 + 200);
  for (let from = 0; from < 5; from += 1) {
    for (let to = from; to <= bytes.length; to += 1) assert.equal(crc32(bytes.subarray(from, to)), bitwise(bytes.subarray(from, to)), `${from} to ${to}`);
  }
});

test('letters of any script are kept', () => {
  for (const name of ['plain', 'Größe', 'سعة', '容量', '🂡🂢', 'a\ud800']) {
    const kept = decodeSlot(encodeSlot({ sequence: 1, name: 'mine', isSaved: true, text: `{ "name": "${name}", "nodes": {}, "edges": [] }` }));
    assert.equal(JSON.parse(kept?.text ?? '').name, name.toWellFormed?.() ?? name.replace('\ud800', '\ufffd'));
  }
});

test('a slot gives back what was kept', () => {
  assert.deepEqual(decodeSlot(slot(7)), { sequence: 7, name: 'mine', isSaved: false, text: text(7) });
});

test('the newest whole slot is loaded, whichever it lies in', () => {
  assert.equal(newestOf([slot(8), slot(9)])?.sequence, 9);
  assert.equal(newestOf([slot(10), slot(9)])?.sequence, 10);
  assert.equal(newestOf([slot(3), undefined])?.sequence, 3);
  assert.equal(newestOf([undefined, undefined]), null);
});

test('a slot torn at any byte, or with any byte changed, is never loaded: the other one is', () => {
  const [old, young] = [slot(8), slot(9)];
  for (let at = 0; at < young.bytes.length; at += 1) {
    const torn = { ...young, bytes: young.bytes.slice(0, at) };
    const zeroed = { ...young, bytes: Uint8Array.from(young.bytes, (byte, index) => (index >= at ? 0 : byte)) };
    const changed = { ...young, bytes: Uint8Array.from(young.bytes, (byte, index) => (index === at ? byte ^ 0x20 : byte)) };
    for (const bad of [torn, zeroed, changed]) {
      assert.equal(decodeSlot(bad), null, `byte ${at}`);
      assert.deepEqual(newestOf([old, bad])?.text, text(8));
    }
  }
});

test('what is whole but no design is not loaded either', () => {
  for (const bad of ['', '[]', '{"nodes": {', '{"nodes": [], "edges": []}', 'null']) {
    assert.equal(decodeSlot(encodeSlot({ sequence: 1, name: 'x', isSaved: true, text: bad })), null, bad);
  }
  for (const bad of [null, 3, 'text', {}, { checksum: 0, bytes: new Uint8Array() }, { checksum: 0, bytes: 'text' }]) assert.equal(decodeSlot(bad), null);
});
