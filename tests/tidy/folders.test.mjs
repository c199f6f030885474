// Folders: fixed names at the top, complete components, targets and examples, no orphan files.
import { test } from 'node:test';
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { codeOfJs, exists, expectNone, files, filesLike, root, textOf } from './tree.mjs';

const TOP = new Set(['CMakeLists.txt', 'CMakePresets.json', 'LICENSE', 'README.md', 'core', 'wasm', 'web', 'examples', 'tests', 'tools']);
const TESTS = new Set(['unit', 'golden', 'theory', 'boundary', 'compat', 'fuzz', 'browser', 'capsules', 'bugs', 'tidy']);

test('the top level holds what the architecture names', () => {
    const names = new Set(files.map((path) => path.split('/')[0]));
    expectNone([...names].filter((name) => !TOP.has(name) && !name.startsWith('.'))
        .map((name) => `${name}:1: is not a name of the top level; put it below ${[...TOP].filter((top) => !top.includes('.')).join(', ')}`));
});

test('tests/ holds the kinds of test the architecture names', () => {
    const names = new Set(filesLike(/^tests\/.+\//).map((path) => path.split('/')[1]));
    expectNone([...names].filter((name) => !TESTS.has(name))
        .map((name) => `tests/${name}:1: is not a kind of test; put it below ${[...TESTS].join(', ')}`));
});

/** Folders directly below one. @param {string} parent */
const foldersIn = (parent) => [...new Set(files.filter((path) => path.startsWith(`${parent}/`) && path.split('/').length > parent.split('/').length + 1)
    .map((path) => path.split('/').slice(0, parent.split('/').length + 1).join('/')))];

test('a component is whole: code, catalog, icon, example, test', () => {
    const problems = [];
    for (const folder of foldersIn('core/components')) {
        const name = basename(folder);
        for (const [file, why] of [
            [`${name}.c`, 'what the engine does'],
            ['catalog.json', 'its properties, with unit, range, default and text'],
            ['icon.svg', 'its picture'],
            ['example.scalesim.json', 'a small design that uses it'],
            [`test_${name}.c`, 'its own unit test'],
        ]) {
            if (!exists(join(folder, file))) problems.push(`${folder}/${file}:1: is missing; a component has ${why}`);
        }
    }
    expectNone(problems);
});

test('a generation target is whole', () => {
    const problems = [];
    for (const folder of foldersIn('core/codegen/targets')) {
        if (!exists(join(folder, 'target.json'))) problems.push(`${folder}/target.json:1: is missing; it says what the target makes`);
        for (const part of ['files', 'snapshot']) {
            if (!files.some((path) => path.startsWith(`${folder}/${part}/`))) problems.push(`${folder}/${part}:1: is empty; a target has its ${part}`);
        }
    }
    expectNone(problems);
});

test('an example is a design with a README', () => {
    const problems = [];
    for (const folder of foldersIn('examples')) {
        if (!exists(join(folder, `${basename(folder)}.scalesim.json`))) problems.push(`${folder}/${basename(folder)}.scalesim.json:1: is missing; an example is a design of the folder's name`);
        if (!exists(join(folder, 'README.md'))) problems.push(`${folder}/README.md:1: is missing; say what the example teaches and what result to expect`);
    }
    expectNone(problems);
});

/** Sources that a build compiles, from its compile_commands.json. @param {string} preset */
function compiled(preset) {
    const list = join(root, 'build', preset, 'compile_commands.json');
    if (!existsSync(list)) throw new Error(`build/${preset} is not configured; tools/test builds it`);
    return JSON.parse(readFileSync(list, 'utf8')).map((/** @type {{file: string}} */ { file }) => relative(root, file));
}

test('every C file is in a build', () => {
    const built = new Set([...compiled('release'), ...compiled('wasm')]);
    const problems = [];
    for (const path of filesLike(/^(core|wasm|tools|tests)\/.*\.c$/)) {
        if (path.includes('/targets/') || built.has(path)) continue;
        if (path.startsWith('core/handlers/quickjs/')) continue; // compiled by tools/handlers
        if (path.startsWith('tests/boundary/own_module/')) continue; // compiled to WebAssembly by own_module.test.mjs
        if (/^tests\/fuzz\/fuzz_\w+\.c$/.test(path)) continue; // in the fuzz preset, by this name
        problems.push(`${path}:1: no build compiles it; remove it, or put it where CMakeLists.txt looks`);
    }
    expectNone(problems);
});

test('every header is included', () => {
    const included = new Set();
    for (const path of filesLike(/\.[ch]$/)) {
        for (const found of textOf(path).matchAll(/#\s*include\s*[<"]([^>"]+)[>"]/g)) included.add(basename(found[1]));
    }
    expectNone(filesLike(/^(core|wasm|tools|tests)\/.*\.(h|def)$/).filter((path) => !included.has(basename(path)))
        .map((path) => `${path}:1: nothing includes it; remove it`));
});

test('every module of JavaScript is used', () => {
    const scripts = filesLike(/^(web|wasm|tools|tests)\/.*\.m?js$/);
    /** @type {Set<string>} */
    const used = new Set();
    for (const path of [...scripts, ...filesLike(/^(web\/.*\.html|web\/package\.json|tools\/[a-z]+|tests\/.*\.json)$/)]) {
        const code = /\.m?js$/.test(path) ? codeOfJs(textOf(path)) : textOf(path);
        for (const found of code.matchAll(/[\w@./-]+\.m?js\b/g)) {
            used.add(join(dirname(path), found[0]));
            used.add(found[0].replace(/^[./]+/, ''));
            if (basename(path) !== basename(found[0])) used.add(basename(found[0])); // join(here, 'worker.js')
        }
    }
    expectNone(scripts.filter((path) => !/\.test\.mjs$/.test(path) && !used.has(path) && !used.has(basename(path)) && !isProgram(path))
        .map((path) => `${path}:1: nothing imports or runs it; remove it`));
});

/** A script that people run by name says so in its first comment. @param {string} path */
function isProgram(path) {
    return textOf(path).startsWith('#!') || new RegExp(`node \\S*${basename(path).replaceAll('.', '\\.')}`).test(textOf(path).split('\n').slice(0, 12).join('\n'))
        || files.some((other) => /README\.md$|PROTOCOL\.md$/.test(other) && textOf(other).includes(path));
}

test('no folder is left empty', () => {
    /** @param {string} folder @returns {string[]} */
    const empties = (folder) => {
        const entries = readdirSync(join(root, folder), { withFileTypes: true });
        if (entries.length === 0) return [`${folder}:1: is empty; remove it`];
        return entries.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules').flatMap((entry) => empties(join(folder, entry.name)));
    };
    expectNone([...TOP].filter((name) => !name.includes('.') && name !== 'LICENSE' && exists(name)).flatMap(empties));
});
