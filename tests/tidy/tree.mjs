// What the tidy tests share: the files of the checkout, and C and JavaScript without their comments.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Made by tools, ignored by git: never looked at. */
const IGNORED = new Set(['.git', 'build', 'dist', 'node_modules', 'third_party']);

/** @param {string} folder @returns {string[]} */
function walk(folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        if (IGNORED.has(entry.name)) return [];
        const path = join(folder, entry.name);
        return entry.isDirectory() ? walk(path) : [relative(root, path)];
    });
}

/** Every file of the checkout, as paths from its root, sorted. */
export const files = walk(root).sort();

/** @param {RegExp} pattern */
export const filesLike = (pattern) => files.filter((path) => pattern.test(path));

/** @type {Map<string, string>} */
const texts = new Map();
/** @param {string} path from the root */
export function textOf(path) {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = readFileSync(join(root, path), 'utf8');
    texts.set(path, text);
    return text;
}

/** @param {string} path from the root */
export const exists = (path) => existsSync(join(root, path));

/** @param {string} text @param {number} index */
export const lineAt = (text, index) => text.slice(0, index).split('\n').length;

/** @param {string} text everything but newlines becomes spaces */
const blank = (text) => text.replace(/[^\n]/g, ' ');

/** C with comments blanked, and the contents of strings too unless they are wanted. Lines stay in place.
 * @param {string} text @param {{strings?: boolean}} [keep] */
export function codeOfC(text, { strings = false } = {}) {
    return text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])+'/g, (token) => {
        if (token[0] === '/') return blank(token);
        return strings ? token : `${token[0]}${blank(token.slice(1, -1))}${token[0]}`;
    });
}

/** A scanner good enough for our own JavaScript: finds comments, strings, templates and patterns. */
const JS_TOKENS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[(,=:[!&|?{};\n]\s*|\breturn\s)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\\\n])+\/[a-z]*/g;

/** JavaScript with comments blanked, lines in place. @param {string} text */
export function codeOfJs(text) {
    return text.replace(JS_TOKENS, (token) => (/^\/[/*]/.test(token) ? blank(token) : token));
}

/** The string literals of JavaScript. @param {string} text @returns {{value: string, index: number}[]} */
export function stringsOfJs(text) {
    return [...text.matchAll(JS_TOKENS)].filter(([token]) => /^['"`]/.test(token))
        .map((found) => ({ value: found[0].slice(1, -1), index: found.index }));
}

/** Fails with one line for each thing that is wrong. @param {string[]} problems "path:line: what; do this" */
export function expectNone(problems) {
    const shown = problems.slice(0, 60);
    if (problems.length > shown.length) shown.push(`… and ${problems.length - shown.length} more`);
    assert.ok(problems.length === 0, `\n${shown.join('\n')}`);
}
