/**
 * Why a user's own WebAssembly module is not accepted, in words.
 */

/** The name of a refusal of core/meter/meter.h, or one of this file: `invalid`, `interface`. */
export class MeterRefusal extends Error {
  /**
   * @param {string} reason
   * @param {{ offset?: number, function?: number, opcode?: number, detail?: string }} [where]
   */
  constructor(reason, where = {}) {
    super(sentenceOf(reason, where));
    this.name = 'MeterRefusal';
    this.reason = reason;
    this.where = where;
  }
}

const OUTSIDE = 0xffffffff;

/** What is wrong and what to do instead, by reason. @type {Record<string, string>} */
const SENTENCES = {
  invalid: 'The module is not valid WebAssembly.',
  malformed: 'The module is not valid WebAssembly, or is cut short.',
  'too-large': 'The module is too large: at most 16 MB, 100,000 functions and 50,000 locals in a function.',
  'too-deep': 'Its code is nested too deeply: at most 1,000 blocks within each other.',
  threads: 'It uses threads (shared memory or atomic instructions); compile it without them (-mno-atomics, no -pthread).',
  'relaxed-simd': 'It uses relaxed SIMD, whose results differ from machine to machine; compile it with -mno-relaxed-simd.',
  'tail-calls': 'It uses tail calls; compile it with -mno-tail-call.',
  exceptions: 'It uses WebAssembly exceptions; compile it with -fno-exceptions, or -fno-wasm-exceptions.',
  memory64: 'It uses 64-bit memory; compile it for wasm32.',
  'several-memories': 'It has several memories; one is supported.',
  gc: 'It uses types of the garbage collection or function reference proposals; compile it to plain WebAssembly 2.0.',
  unknown: 'It uses an instruction or section that is not known here.',
  'bulk-tables': 'It copies or fills tables; compile it with -mno-reference-types.',
  'block-parameters': 'It has blocks that take parameters; compile it with -mno-multivalue.',
  imports: 'It imports something; a handler\'s module has no imports. For C use -nostdlib, and call nothing that is not there.',
  'hidden-state': 'It changes a table, drops a segment, or has a mutable global that is no integer: state that cannot be rewound.',
  'name-taken': 'It exports a name that begins with "scalesim_", which are ours.',
  'name-zero': 'It has a name with a zero byte in it.',
  'table-export': 'It exports a table that is not its first.',
  binaryen: 'Binaryen could not read the module.',
  interface: 'The module does not export what a handler must.',
};

/** @param {string} reason @param {{ offset?: number, function?: number, opcode?: number, detail?: string }} where */
function sentenceOf(reason, where) {
  const at = where.offset === undefined ? '' : ` At byte ${where.offset}${
    where.function === undefined || where.function === OUTSIDE ? '' : ` in function ${where.function}`}${
    where.opcode ? `, instruction 0x${where.opcode.toString(16)}` : ''}.`;
  return `${SENTENCES[reason] ?? reason}${where.detail ? ` ${where.detail}` : ''}${at}`;
}
