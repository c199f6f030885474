import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import handlers from './ar/handlers.js';
import arabic from './ar/index.js';
import { translated } from './catalog.js';
import english from './en/index.js';
import { pseudo } from './pseudo.js';
import { PLURALS, languageOf, said, sentence, speak, t } from './index.js';

const CLI = fileURLToPath(new URL('../../../build/scalesim', import.meta.url));

/** A text without the signs that keep a parameter's own direction. @param {string} text */
const plain = (text) => text.replace(/[\u2066-\u2069]/g, '');

beforeEach(() => speak('en', english));

test('parameters are put in, and a number chooses its word', () => {
  assert.equal(t('gallery.nodes', { n: 1 }), '1 node');
  assert.equal(t('gallery.nodes', { n: 3 }), '3 nodes');
  assert.equal(t('gallery.nodes', { n: '12 k' }), '12 k nodes');
  assert.equal(t('welcome', { name: 'Shop' }), 'Shop is missing its target. Press Run.');
  assert.equal(t('welcome', { name: '$& {n}' }), '$& {n} is missing its target. Press Run.');
  assert.equal(t('no.such.key'), 'no.such.key');
});

test('Arabic has a word for none, one, two, few, many and a hundred', () => {
  speak('ar', arabic.table);
  const words = [0, 1, 2, 3, 11, 100].map((n) => plain(t('gallery.nodes', { n })));
  assert.deepEqual(words, ['بلا عُقد', 'عقدة واحدة', 'عقدتان', '3 عُقد', '11 عقدة', '100 عقدة']);
  assert.equal(t('welcome', { name: 'Shop' }), '\u2068Shop\u2069 لا يحقق هدفه. اضغط «تشغيل».');
});

test('a text that a table lacks stays English', () => {
  speak('ar', {});
  assert.equal(t('run.start'), 'Run');
});

test('both languages have the same files and keys', async () => {
  const folder = (/** @type {string} */ language) => readdirSync(new URL(`./${language}/`, import.meta.url)).sort();
  assert.deepEqual(folder('ar').filter((file) => !['catalog.js', 'handlers.js', 'sentences.js'].includes(file)), folder('en').filter((file) => file !== 'first.js'));
  for (const file of folder('en').filter((name) => !['first.js', 'index.js'].includes(name))) {
    const [en, ar] = await Promise.all(['en', 'ar'].map(async (language) => (await import(`./${language}/${file}`)).default));
    assert.deepEqual(Object.keys(ar), Object.keys(en), `the keys of ${file}, in the same order`);
    for (const key of Object.keys(en)) assert.ok(key in english, `en/index.js has ${file}`);
    for (const key of Object.keys(ar)) assert.ok(key in arabic.table, `ar/index.js has ${file}`);
  }
});

/** What a text takes from its caller. @param {string} text */
const parametersOf = (text) => [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort();

for (const [language, table] of Object.entries({ en: english, ar: arabic.table })) {
  test(`${language}: every text has its parameters and all plural forms`, () => {
    for (const [key, text] of Object.entries(table)) {
      assert.deepEqual(parametersOf(text), parametersOf(/** @type {Record<string, string>} */ (english)[key] ?? ''), key);
      for (const [, name, forms] of text.matchAll(/\{(\w+)\|([^}]*)\}/g)) {
        assert.equal(forms?.split('|').length, PLURALS[language]?.length, `${key}: forms of {${name}}`);
      }
      assert.ok(text.trim() !== '' && text === text.trim(), `${key} is a text`);
    }
  });
}

test('the forms of a language are all those that the browser chooses from', () => {
  for (const [language, forms] of Object.entries(PLURALS)) {
    assert.deepEqual(new Set(forms), new Set(new Intl.PluralRules(language).resolvedOptions().pluralCategories));
  }
});

test('Arabic is written in Arabic, with Latin digits', () => {
  for (const [key, text] of Object.entries(arabic.table)) {
    assert.doesNotMatch(text, /[٠-٩۰-۹]/, key);
    const words = text.replace(/\{[^}]*\}/g, (part) => part.replace(/\w+/g, ''));
    // A symbol, an acronym or the name of a format is the same in every language.
    if (text === /** @type {Record<string, string>} */ (english)[key]) assert.match(text.replace(/\{\w+\}/g, ''), /^(p\d+|CSV|JSON|ScaleSim|English|العربية|[^A-Za-z]*)$/, `${key} is English still`);
    else assert.match(words, /[\u0600-\u06ff]|^[^A-Za-z]*$/, key);
  }
});

test('the test language is longer, and its parameters work', () => {
  speak('en', pseudo.table);
  assert.match(t('gallery.nodes', { n: 2 }), /^⟦2 ñóďéš~+⟧$/);
  assert.ok(t('run.start').length >= 1.4 * 'Run'.length);
});

test('the catalog is put into the language of the page, except what stands in documents', () => {
  const catalog = { types: [{ name: 'a', title: 'Cache', group: 'Data', text: 'x', properties: [{ name: 'b', title: 'Keys', choices: ['Keys'], default: { title: 'Keys' } }] }] };
  const { types: [type] } = translated(catalog, { Cache: 'م', Keys: 'ف', Data: 'ب' });
  assert.deepEqual(type, {
    name: 'a', title: 'م', group: 'Data', groupTitle: 'ب', text: 'x', properties: [{ name: 'b', title: 'ف', choices: ['Keys'], default: { title: 'Keys' } }] });
});

test('the browser\'s languages are asked in their order', () => {
  assert.equal(languageOf(['fr-FR', 'ar-EG', 'en']), 'ar');
  assert.equal(languageOf(['de', 'en-GB', 'ar']), 'en');
  assert.equal(languageOf(['de']), 'en');
});

test('the names in the catalog, and nearly all of its texts, are there in Arabic', { skip: !existsSync(CLI) }, () => {
  const { objects, types, targets } = JSON.parse(execFileSync(CLI, ['catalog', '--json'], { encoding: 'utf8' }));
  /** @type {Record<'title' | 'text', Set<string>>} */
  const said = { title: new Set(), text: new Set() };
  const look = (/** @type {any} */ part) => {
    if (part === null || typeof part !== 'object') return;
    for (const [key, value] of Object.entries(part)) {
      if (key === 'default' || key === 'example' || key === 'choices') continue;
      if ((key === 'title' || key === 'text') && typeof value === 'string') said[key].add(value);
      else if (key === 'group') said.title.add(/** @type {string} */ (value));
      else look(value);
    }
  };
  look({ objects, types, targets });
  const words = /** @type {Record<string, string>} */ (arabic.catalog);
  assert.deepEqual([...said.title].filter((title) => !(title in words)), []);
  const missing = [...said.text].filter((text) => !(text in words));
  // A text that was changed an hour ago may still be in English; a language that lags behind may not.
  assert.ok(missing.length <= said.text.size / 10, `${missing.length} of ${said.text.size} texts: ${missing.join('\n')}`);
});

test('what the handler interface says of itself is there in Arabic', () => {
  const api = JSON.parse(readFileSync(new URL('../../../core/handlers/api.json', import.meta.url), 'utf8'));
  const texts = [...api.handlers, ...api.node, ...api.absent, ...api.types, ...api.types.flatMap((/** @type {any} */ { members }) => members)].map(({ text, instead }) => text ?? instead);
  assert.ok(texts.length > 70);
  assert.deepEqual(texts.filter((text) => !/[\u0600-\u06ff]/.test(/** @type {Record<string, string>} */ (handlers)[text] ?? '')), []);
  assert.deepEqual(Object.keys(handlers).filter((text) => !texts.includes(text)), [], 'texts of yesterday');
});

test('what the engine objects to in a wrong design is said in Arabic', { skip: !existsSync(CLI) }, () => {
  speak('ar', arabic.table, arabic.sentences);
  const folder = fileURLToPath(new URL('../../../tests/unit/wrong_designs/', import.meta.url));
  const lines = readdirSync(folder).filter((name) => name.endsWith('.json')).flatMap((name) => {
    const { stdout, stderr } = spawnSync(CLI, ['check', `${folder}${name}`], { encoding: 'utf8' });
    return `${stdout}${stderr}`.split('\n').flatMap((line) => /(?:error|warning) \w+: (.*)$/.exec(line)?.[1] ?? []);
  });
  assert.ok(lines.length > 100, `${lines.length} objections`);
  const english = lines.filter((line) => said(line).mark.lang === 'en');
  // A sentence of yesterday may still be English, and is marked as that; a language that lags behind may not.
  assert.ok(english.length <= lines.length / 20, `${english.length} of ${lines.length}: ${english.join('\n')}`);
  assert.equal(plain(said('"replicas" must be a whole number, not a string.').text), 'يجب أن يكون «replicas» عددًا صحيحًا، لا نصًّا.');
});

test('a sentence within what runs from left to right keeps its own order', () => {
  assert.equal(sentence('a'), 'a');
  speak('ar', arabic.table, arabic.sentences);
  assert.equal(sentence('الذاكرة: get وset'), '\u2067الذاكرة: get وset\u2069');
});

test('a sentence that is not known stays English and says so', () => {
  speak('ar', arabic.table, arabic.sentences);
  assert.deepEqual(said('Something new.'), { text: 'Something new.', mark: { lang: 'en', dir: 'ltr' } });
  speak('en', english);
});
