/**
 * The WebAssembly specification's tests, as they come with Binaryen's source, for wabt's interpreter.
 *
 * Some of the files are in an older or a dialect's text format. What only spells things differently
 * is put into today's spelling here; what is of proposals that neither wabt nor the meter knows
 * (garbage collection, exceptions, threads, 64-bit memory) is left out, by name.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const SPEC = join(root, 'third_party/binaryen/test/spec');

/** Files of proposals that are not for handlers, of Binaryen's own dialect of text, or of errors in text. */
const LEFT_OUT = /^(old_.*|.*\.fail|.*64|array|atomics|br_on_null|call_ref|call_indirect_refnull|exception-handling|i31|multivalue|ref_as_non_null|ref_cast|ref_eq|struct|table|tags|tuples|typecheck|elem|elem_reftypes)$/;

/** The files that are run. @returns {string[]} */
export function specFiles() {
    return readdirSync(SPEC).filter((file) => file.endsWith('.wast') && (/^[if](32|64)\.wast$/.test(file) || !LEFT_OUT.test(basename(file, '.wast')))).sort();
}

/** Where a form that begins at `at` ends. @param {string} text @param {number} at */
function endOf(text, at) {
    let depth = 0;
    for (let i = at; i < text.length; i++) {
        if (text[i] === '"') { while (text[++i] !== '"') if (text[i] === '\\') i++; } else if (text.startsWith(';;', i)) i = text.indexOf('\n', i);
        else if (text[i] === '(') depth++;
        else if (text[i] === ')' && --depth === 0) return i + 1;
    }
    throw new Error('a form without an end');
}

/** A file in the spelling that wast2json reads. @param {string} file */
export function specText(file) {
    let text = readFileSync(join(SPEC, file), 'latin1');
    // (assert_return_canonical_nan (invoke …)): the type of the result is told by the name or the operands.
    for (let at; (at = text.search(/\(assert_return_(canonical_|arithmetic_)?nan\b/)) >= 0;) {
        const end = endOf(text, at);
        const form = text.slice(at, end);
        const invoke = form.slice(form.indexOf('(', 1), -1).trim();
        const type = /"(f32|f64)\./.exec(invoke)?.[1] ?? /\((f32|f64)\.const/.exec(invoke)?.[1] ?? (/"[^"]*(f32|32)[^"]*"/.test(invoke) || file.startsWith('f32') ? 'f32' : 'f64');
        text = `${text.slice(0, at)}(assert_return ${invoke} (${type}.const nan:arithmetic))${text.slice(end)}`;
    }
    // (assert_trap (invoke …)) without a message.
    for (let at = 0; (at = text.indexOf('(assert_trap', at)) >= 0; at++) {
        const end = endOf(text, at);
        if (!/"\s*\)$/.test(text.slice(at, end))) text = `${text.slice(0, end - 1)} "")${text.slice(end)}`;
    }
    text = text.replace(/v128\.const[^)]*/g, (vector) => vector.replaceAll('infinity', 'inf'));
    // Vectors that say fewer lanes than they list.
    return text.replace(/v128\.const\s+i(?:32x4|64x2)((?:\s+[-+\w.]+)+)\s*\)/g, (whole, lanes) => {
        const count = lanes.trim().split(/\s+/).length;
        return count === 8 ? `v128.const i16x8${lanes})` : count === 16 ? `v128.const i8x16${lanes})` : whole;
    });
}

/** @param {string} program @param {string[]} args */
export function runTool(program, args) {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'latin1', maxBuffer: 1 << 28 });
    return { status, text: stdout + stderr };
}
