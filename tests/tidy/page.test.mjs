// The page: no markup from strings, no code from strings, no visible string outside the i18n table.
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { codeOfJs, expectNone, filesLike, lineAt, root, stringsOfJs, textOf } from './tree.mjs';

const scripts = filesLike(/^web\/src\/.*\.m?js$/);
const shown = scripts.filter((path) => !path.startsWith('web/src/i18n/'));

const BANNED = [
    [/\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write(?:ln)?\b|\bcreateContextualFragment\b/g, 'makes markup of a string; use el() of dom.js'],
    [/\beval\s*\(|\bnew\s+Function\s*\(|\bset(?:Timeout|Interval)\s*\(\s*['"`]/g, 'makes code of a string; write a function'],
    [/\bMath\.random\s*\(/g, 'is not reproducible; take the seed, or crypto.randomUUID() for a name'],
    [/\b(?:alert|confirm|prompt)\s*\(/g, 'blocks the page; use app.notify or a panel'],
];

test('the page makes no markup or code of strings', () => {
    const problems = [];
    for (const path of scripts) {
        const code = codeOfJs(textOf(path));
        for (const [pattern, why] of BANNED) {
            for (const found of code.matchAll(pattern)) problems.push(`${path}:${lineAt(code, found.index)}: ${found[0].trim()} ${why}`);
        }
    }
    expectNone(problems);
});

test('elements are made in dom.js only', () => {
    const problems = [];
    for (const path of shown.filter((path) => path !== 'web/src/dom.js')) {
        const code = codeOfJs(textOf(path));
        for (const found of code.matchAll(/\bdocument\.create(?:ElementNS|Element|TextNode)\b/g)) {
            problems.push(`${path}:${lineAt(code, found.index)}: ${found[0]} is dom.js's; use el() or svg()`);
        }
    }
    expectNone(problems);
});

/** Places whose text a person sees. */
const SHOWN_MEMBER = /\b(?:title|placeholder|alt|label|summary)\s*:\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1|['"]aria-(?:label|description|valuetext|roledescription)['"]\s*:\s*(['"`])((?:\\.|(?!\3)[\s\S])*)\3|\b(?:textContent|innerText|title|placeholder|ariaLabel)\s*=\s*(['"`])((?:\\.|(?!\5)[\s\S])*)\5|\bnotify\s*\(\s*(['"`])((?:\\.|(?!\7)[\s\S])*)\7/g;
const isKey = (/** @type {string} */ text) => /^[a-z][\w-]*(?:\.[\w$-]+)+$/i.test(text);
const hasWord = (/** @type {string} */ text) => /\p{L}{2,}/u.test(text.replace(/\$\{[^}]*\}/g, ''));
/** A sentence: a capitalised word, then a space and another word. */
const SENTENCE = /^\p{Lu}\p{Ll}+[’']?\p{Ll}* \p{L}/u;

test('every visible string is in the i18n table', () => {
    const problems = [];
    for (const path of shown) {
        const code = codeOfJs(textOf(path));
        const lines = code.split('\n');
        /** @type {Set<number>} */
        const seen = new Set();
        for (const found of code.matchAll(SHOWN_MEMBER)) {
            const text = found[2] ?? found[4] ?? found[6] ?? found[8];
            const line = lineAt(code, found.index);
            if (!hasWord(text) || isKey(text) || /^\w+$/.test(text) && found[0].startsWith('label')) continue;
            seen.add(line);
            problems.push(`${path}:${line}: people see '${text}'; put it into web/src/i18n/en/ and write t('key')`);
        }
        for (const { value, index } of stringsOfJs(textOf(path))) {
            const line = lineAt(textOf(path), index);
            if (!SENTENCE.test(value) || seen.has(line)) continue;
            // A library's own English, beside what is said instead of it.
            if (/^['"`]\s*:\s*t\(/.test(textOf(path).slice(index + value.length + 1))) continue;
            // What only a programmer sees may stay in place.
            if (/\b(?:throw|new\s+\w*Error|console\.\w+|assert)\b/.test(lines.slice(Math.max(0, line - 3), line).join('\n'))) continue;
            problems.push(`${path}:${line}: people may see '${value.slice(0, 60)}'; put it into web/src/i18n/en/ and write t('key')`);
        }
    }
    expectNone(problems);
});

test('every key of the i18n table is there, once, and used', async () => {
    const problems = [];
    /** @type {Map<string, string>} */
    const keys = new Map();
    for (const path of filesLike(/^web\/src\/i18n\/en\/(?!index|first).*\.js$/)) {
        const table = /** @type {Record<string, string>} */ ((await import(pathToFileURL(join(root, path)).href)).default);
        for (const key of Object.keys(table)) {
            const other = keys.get(key);
            if (other) problems.push(`${path}:1: '${key}' is in ${other} too; keep one`);
            keys.set(key, path);
        }
    }
    const literals = new Set();
    /** @type {string[]} */
    const prefixes = [];
    for (const path of [...shown, ...filesLike(/^web\/.*\.html$/)]) {
        const text = textOf(path);
        const code = codeOfJs(text);
        for (const found of code.matchAll(/(?<![\w$])(?:app\.)?t\(\s*(['"])([^'"]+)\1/g)) {
            if (!keys.has(found[2])) problems.push(`${path}:${lineAt(code, found.index)}: t('${found[2]}') has no text; add the key to web/src/i18n/en/`);
        }
        for (const { value } of stringsOfJs(text)) {
            literals.add(value);
            const prefix = /^([\w.-]+)\$\{/.exec(value);
            if (prefix) prefixes.push(prefix[1]);
        }
        for (const found of text.matchAll(/data-t(?:ext|itle)?="([^"]+)"/g)) literals.add(found[1]);
    }
    for (const [key, path] of keys) {
        if (!literals.has(key) && !prefixes.some((prefix) => key.startsWith(prefix))) problems.push(`${path}:1: '${key}' is used nowhere; remove it`);
    }
    expectNone(problems);
});

test('colours and sizes come from the tokens', () => {
    const problems = [];
    for (const path of filesLike(/^web\/src\/.*\.css$/).filter((path) => !path.endsWith('style/tokens.css'))) {
        const code = textOf(path).replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
        for (const found of code.matchAll(/#[0-9a-f]{3,8}\b(?=[^{}]*[;}])|\b(?:rgb|hsl|oklch)a?\(/gi)) {
            problems.push(`${path}:${lineAt(code, found.index)}: ${found[0]} is a colour of its own; use a token of style/tokens.css`);
        }
    }
    expectNone(problems);
});
