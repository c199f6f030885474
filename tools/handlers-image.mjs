/**
 * Starts the metered interpreter once and writes its memory as a C header: what every sandbox of the native host begins with.
 * Usage: node tools/handlers-image.mjs handlers.wasm > handlers_image.h
 */
import { readFileSync } from 'node:fs';
import { freshImage } from '../wasm/sandbox.mjs';

const { memory, memoryBytes, stackPointer, mailbox } = freshImage(new WebAssembly.Module(readFileSync(/** @type {string} */ (process.argv[2]))));
const lines = [
  '// Made by tools/handlers-image.mjs; do not edit.',
  `#define HANDLERS_MEMORY_BYTES ${memoryBytes}u`,
  `#define HANDLERS_MAILBOX ${mailbox}u`,
  `#define HANDLERS_STACK_POINTER ${stackPointer}u`,
  'static const uint8_t handlers_image[] = {',
];
for (let at = 0; at < memory.length; at += 24) lines.push(`${memory.subarray(at, at + 24).join(',')},`);
lines.push('};', '');
process.stdout.write(lines.join('\n'));
