// The WebAssembly specification's tests give the same results metered as plain.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inFolder, meter } from './metering/cases.mjs';
import { runTool, specFiles, specText } from './metering/spec.mjs';

const PLENTY = String(2n ** 50n);
/** Modules that are meant to be wrong: they stay as they are. */
const WRONG = new Set(['assert_malformed', 'assert_invalid', 'assert_unlinkable']);
const isAll = process.env.SCALESIM_TEST_ALL === '1';
/** What touches control, calls, memory and tables; the rest is arithmetic. */
const QUICK = /^(block|br|bulk|call|fac|func|if|imports|labels|left|linking|loop|memory|nop|resizing|return|start|stack|switch|table|unreachable|unwind)/;
/** What the meter may refuse in these files. */
const REFUSABLE = /refused: (several-memories|bulk-tables|block-parameters|name-zero|table-export) /;

/** Runs a file's commands, plain or with every module metered. @param {string} file @param {string} folder */
function runFile(file, folder) {
    const plain = join(folder, 'plain');
    const metered = join(folder, 'metered');
    for (const made of [plain, metered]) mkdirSync(made);
    writeFileSync(join(folder, file), specText(file), 'latin1');
    const converted = runTool('wast2json', [join(folder, file), '-o', join(plain, 'test.json')]);
    assert.equal(converted.status, 0, `${file}: ${converted.text}`);
    const { commands } = JSON.parse(readFileSync(join(plain, 'test.json'), 'utf8'));
    // Where the host's stack is exhausted, the metered one is before it: a trap of ours.
    const exhausted = commands.filter((/** @type {{type: string}} */ { type }) => type === 'assert_exhaustion');
    const changed = readFileSync(join(plain, 'test.json'), 'latin1')
        .replace(/"assert_exhaustion"(.*?)"text": "[^"]*"/g, '"assert_trap"$1"text": "unreachable executed"');
    writeFileSync(join(metered, 'test.json'), changed, 'latin1');
    let modules = 0;
    let refused = 0;
    for (const { type, filename } of commands) {
        if (!filename) continue;
        const bytes = new Uint8Array(readFileSync(join(plain, filename)));
        const made = WRONG.has(type) ? { bytes, refusal: '' } : meter(bytes, folder, ['--fuel', PLENTY]);
        if (!made.bytes) {
            assert.match(made.refusal, REFUSABLE, `${file}: ${filename}`);
            refused++;
        } else if (!WRONG.has(type)) modules++;
        writeFileSync(join(metered, filename), made.bytes ?? bytes);
    }
    const [expected, found] = [plain, metered].map((made) => runTool('spectest-interp', [join(made, 'test.json')]).text.replaceAll(made, ''));
    const isOurs = new RegExp(`:(${exhausted.map((/** @type {{line: number}} */ { line }) => line).join('|')}): assert_trap passed: (?:unreachable executed|call stack exhausted)\n`);
    return { expected, found: exhausted.length > 0 ? found.split(/(?<=\n)/).filter((line) => !isOurs.test(line)).join('') : found, modules, refused };
}

test('the specification\'s tests give the same results metered as plain', () => {
    const total = { files: 0, modules: 0, refused: 0, passed: 0 };
    for (const file of specFiles().filter((name) => isAll || QUICK.test(name))) {
        const { expected, found, modules, refused } = inFolder((folder) => runFile(file, folder));
        assert.equal(found, expected, file);
        total.files++;
        total.modules += modules;
        total.refused += refused;
        total.passed += Number(/(\d+)\/\d+ tests passed/.exec(found)?.[1] ?? 0);
    }
    // Not a file must be lost on the way without notice.
    const least = isAll ? { files: 87, modules: 850, passed: 20_000 } : { files: 35, modules: 135, passed: 2500 };
    assert.ok(total.files >= least.files && total.modules >= least.modules && total.passed >= least.passed && total.refused <= 2,
        JSON.stringify(total));
});
