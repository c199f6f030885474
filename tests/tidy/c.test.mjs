// C: include direction, banned calls, global state, sizes.
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { join } from 'node:path';
import { codeOfC, exists, expectNone, filesLike, lineAt, root, textOf } from './tree.mjs';

/** What each module of core/ may include beside itself (the architecture's drawing, arrows down). */
const BELOW = new Map(Object.entries({
    base: [],
    stats: ['base'],
    model: ['base'],
    sim: ['stats', 'base'],
    components: ['sim', 'model', 'stats', 'base'],
    meter: ['base'],
    handlers: ['sim', 'model', 'stats', 'base'],
    solve: ['sim', 'model', 'stats', 'base'],
    run: ['components', 'handlers', 'solve', 'sim', 'model', 'stats', 'base'],
}).map(([module, below]) => /** @type {[string, Set<string>]} */ ([module, new Set(below)])));
for (const top of ['codegen', 'advise', 'optimise', 'ml']) BELOW.set(top, new Set(BELOW.keys()));

const HEADER_LINES_MAX = 500;
const COLUMNS_MAX = 100;
const FUNCTION_LINES_MAX = 75; // "about 70"

/** Headers a file of core/ may take from outside. */
const SYSTEM_HEADERS = new Set(['assert.h', 'float.h', 'limits.h', 'stdarg.h', 'stdbool.h', 'stddef.h', 'stdint.h', 'stdlib.h',
    'string.h', 'cJSON.h', 'zlib.h']);
/** The meter is a program of the build and of the page, and stands on Binaryen; the library does not. */
const METER_HEADERS = new Set(['binaryen-c.h']);

/** What the core's objects may call that is neither ours nor pinned third-party code. */
const ALLOWED_SYMBOLS = new Set(['memchr', 'memcmp', 'memcpy', 'memmove', 'memset', 'strchr', 'strcmp', 'strcpy', 'strlen', 'strncmp', 'strrchr',
    'strstr', 'strspn', 'strcspn', 'realloc', 'free', 'abort', '__assert_fail', '__stack_chk_fail', '_GLOBAL_OFFSET_TABLE_']);
const THIRD_PARTY_SYMBOLS = /^(cJSON_|deflate|inflate|crc32|adler32|zlib|ss_guest_)/; // ss_guest_: tools/handlers

const sources = filesLike(/^(core|wasm|tools|tests)\/.*\.[ch]$/).filter((path) => !path.includes('/targets/'));

/** The interpreter of handlers is a module of its own, made by tools/handlers, which the core is not linked with. @param {string} path */
const isGuest = (path) => path.startsWith('core/handlers/quickjs/');

/** @param {string} path */
function moduleOf(path) {
    const header = /^core\/include\/scalesim\/(\w+)\.h$/.exec(path);
    if (header) return header[1];
    return /^core\/(\w+)\//.exec(path)?.[1] ?? null;
}

/** @param {string} path @returns {{target: string, isSystem: boolean, line: number}[]} */
function includesOf(path) {
    const code = codeOfC(textOf(path), { strings: true });
    return [...code.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)]
        .map((found) => ({ target: found[2], isSystem: found[1] === '<', line: lineAt(code, found.index) }));
}

/** The file of ours that an include means, or null. @param {string} from @param {string} target */
function resolveInclude(from, target) {
    const beside = join(from, '..', target);
    return [beside, join('core', target), join('core/include', target), join('tests/unit', target)].find(exists) ?? null;
}

test('nothing in core/ includes upward or sideways', () => {
    const problems = [];
    for (const path of sources.filter((path) => path.startsWith('core/') && !isGuest(path))) {
        const module = moduleOf(path);
        if (module === null || !BELOW.has(module)) {
            problems.push(`${path}:1: is in no module of the architecture; move it into one of ${[...BELOW.keys()].join(', ')}`);
            continue;
        }
        const isTest = /\/test_\w+\.c$/.test(path);
        for (const { target, isSystem, line } of includesOf(path)) {
            if (target.startsWith('generated/') || (isTest && target === 'unit.h')) continue;
            const file = resolveInclude(path, target);
            if (file === null) {
                if (isTest || SYSTEM_HEADERS.has(target) || (module === 'meter' && METER_HEADERS.has(target))) continue;
                problems.push(isSystem
                    ? `${path}:${line}: <${target}> is not for the core; the host passes in what it offers`
                    : `${path}:${line}: "${target}" is not found; include from core/ or core/include/`);
                continue;
            }
            const other = moduleOf(file);
            if (isTest || other === null || other === module || BELOW.get(module)?.has(other)) {
                const [folder, otherFolder] = [path, file].map((name) => /^core\/components\/(\w+)\//.exec(name)?.[1]);
                if (folder && otherFolder && folder !== otherFolder) {
                    problems.push(`${path}:${line}: a component includes another ("${target}"); share it in core/components/ or below`);
                }
                continue;
            }
            problems.push(`${path}:${line}: ${module} includes ${other} ("${target}"), which is not below it; move what is shared down`);
        }
    }
    expectNone(problems);
});

test('hosts include public headers, and the plumbing of base, only', () => {
    const problems = [];
    for (const path of sources.filter((path) => /^(wasm|tools\/cli)\//.test(path))) {
        for (const { target, isSystem, line } of includesOf(path)) {
            if (isSystem || target.startsWith('scalesim/') || exists(join(path, '..', target))) continue;
            if (target.startsWith('base/') || (target === 'cli/cli.h' && path.startsWith('wasm/'))) continue;
            problems.push(`${path}:${line}: includes "${target}", which is internal; offer it in core/include/scalesim/`);
        }
    }
    expectNone(problems);
});

const LIBM = 'a?(?:sin|cos|tan)h?|atan2|exp[2m]?1?|log(?:2|10|1p|b)?|pow|cbrt|hypot|erfc?|[lt]gamma|fmod|remainder|fma|floor|ceil|l?l?round|trunc|nearbyint|l?l?rint|sqrt|fabs|frexp|ldexp|modf';
const BANNED_CALL = new RegExp(`(?<![\\w.>])(?:(${LIBM})f?|(time|clock|gettimeofday|clock_gettime|localtime|gmtime|strftime)|(s?rand|random|srandom|drand48|arc4random)|(v?[sf]?n?printf|puts|putchar|v?s?scanf|strto[dflu]l?l?|ato[fil]l?)|(setlocale|localeconv|toupper|tolower|isalpha|isdigit|isspace)|(malloc|calloc|strdup)|(getenv|system|exit|signal))\\s*\\(`, 'g');
const REASONS = [
    'differs from host to host in the last bit; use base/math',
    'is wall-clock time; simulated time comes from the clock of sim',
    'is not reproducible; use a stream of base/random',
    'depends on the locale and on the C library; use ss_text',
    'depends on the locale; compare bytes',
    'bypasses the allocator that is passed in; use ss_allocate or an arena',
    'is for hosts; return an ss_status',
];

test('core/ makes no banned calls', () => {
    const problems = [];
    for (const path of sources.filter((path) => /^core\/.*\.[ch]$/.test(path) && !/\/test_\w+\.c$/.test(path) && !isGuest(path))) {
        const code = codeOfC(textOf(path));
        for (const found of code.matchAll(BANNED_CALL)) {
            const reason = REASONS[found.slice(1).findIndex((group) => group !== undefined)];
            problems.push(`${path}:${lineAt(code, found.index)}: ${found[0].replace(/\s*\($/, '')}() ${reason}`);
        }
    }
    expectNone(problems);
});

/** The core's objects in a build. @param {string} preset */
function objectsOf(preset) {
    const listed = spawnSync('find', [join(root, 'build', preset, 'CMakeFiles/scalesim_core.dir'), '-name', '*.o'], { encoding: 'utf8' });
    return listed.stdout.split('\n').filter(Boolean);
}

/** @param {string[]} args @returns {string[]} */
function linesOf(program, args) {
    const ran = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (ran.status !== 0) throw new Error(`${program} failed: ${ran.stderr}`);
    return ran.stdout.split('\n');
}

/** @param {string} object */
const sourceOf = (object) => object.replace(/^.*\/scalesim_core\.dir\//, '').replace(/\.o$/, '');

test('the core\'s objects call nothing but themselves, memory and string functions', () => {
    const objects = objectsOf('release');
    if (objects.length === 0) throw new Error('build/release holds no objects; tools/test builds them');
    /** @type {Map<string, string>} */
    const undefinedIn = new Map();
    const defined = new Set();
    for (const line of linesOf('nm', ['-A', ...objects])) {
        const found = /^(.*\.o):[0-9a-f ]*\s([A-Za-z])\s(\S+)$/.exec(line);
        if (!found) continue;
        if (found[2] === 'U') undefinedIn.set(found[3], sourceOf(found[1]));
        else defined.add(found[3]);
    }
    const problems = [];
    for (const [symbol, source] of undefinedIn) {
        if (defined.has(symbol) || ALLOWED_SYMBOLS.has(symbol) || THIRD_PARTY_SYMBOLS.test(symbol)) continue;
        problems.push(`${source}: calls ${symbol}, which is not on the list in tests/tidy/c.test.mjs; use the core's own, or let the host pass it in`);
    }
    expectNone(problems);
});

/** The only state allowed outside an object that was passed in, and why. */
const STATE_ALLOWED = new Set([
    'arena_of_parse', // core/base/json.c: cJSON's hooks take no context; per thread, set while it parses
]);

test('the core holds no global state', () => {
    const problems = [];
    for (const object of objectsOf('release')) {
        for (const line of linesOf('objdump', ['-t', object])) {
            const found = /\sO\s+(\.(?:data|bss|tdata|tbss)(?!\.rel\.ro)\S*|\*COM\*)\s+\S+\s+(\S+)$/.exec(line);
            if (found && !STATE_ALLOWED.has(found[2])) problems.push(`${sourceOf(object)}: ${found[2]} is a variable of the whole program; make it const, or pass it in`);
        }
    }
    expectNone(problems);
});

test('headers stay short, lines narrow, functions small', () => {
    const problems = [];
    for (const path of sources) {
        const lines = textOf(path).split('\n');
        if (/^core\/include\//.test(path) && lines.length > HEADER_LINES_MAX) {
            problems.push(`${path}:${HEADER_LINES_MAX}: the public header has ${lines.length} lines; split the module (${HEADER_LINES_MAX} is the limit)`);
        }
        lines.forEach((line, index) => {
            if ([...line].length > COLUMNS_MAX) problems.push(`${path}:${index + 1}: ${[...line].length} columns; break the line (${COLUMNS_MAX} is the limit)`);
            if (/\s$/.test(line)) problems.push(`${path}:${index + 1}: white space at the end of the line; remove it`);
            if (line.includes('\t')) problems.push(`${path}:${index + 1}: a tab; indent with four spaces`);
        });
        problems.push(...longFunctions(path, codeOfC(textOf(path)).split('\n')));
    }
    expectNone(problems);
});

/** Functions by their closing brace in the first column. @param {string} path @param {string[]} lines */
function longFunctions(path, lines) {
    const problems = [];
    let begun = -1;
    lines.forEach((line, index) => {
        if (begun < 0 && /^\S.*\)\s*\{\s*$|^\{\s*$/.test(line)) begun = index;
        if (begun >= 0 && line.startsWith('}')) {
            const length = index - begun + 1;
            if (length > FUNCTION_LINES_MAX) {
                problems.push(`${path}:${begun + 1}: a function of ${length} lines; split it (${FUNCTION_LINES_MAX} is the limit)`);
            }
            begun = -1;
        }
    });
    return problems;
}

test('public names begin with ss_', () => {
    const problems = [];
    for (const line of linesOf('nm', ['-A', '--defined-only', '--extern-only', ...objectsOf('release')])) {
        const found = /^(.*\.o):[0-9a-f]+\s([A-Za-z])\s(\S+)$/.exec(line);
        if (found && !found[3].startsWith('ss_')) problems.push(`${sourceOf(found[1])}: ${found[3]} is visible to other files; name it ss_…, or make it static`);
    }
    expectNone(problems);
});
