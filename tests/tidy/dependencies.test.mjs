// Dependencies: all of them pinned and listed in the README, and nothing imported that is not.
import { test } from 'node:test';
import { builtinModules } from 'node:module';
import { codeOfJs, exists, expectNone, filesLike, lineAt, textOf } from './tree.mjs';

const readme = exists('README.md') ? textOf('README.md') : '';
const lockLines = textOf('tools/lock/third_party.lock').split('\n').map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '' && !line.startsWith('#'));
const web = JSON.parse(textOf('web/package.json'));
const packages = { ...web.dependencies, ...web.devDependencies };

/** @param {string} name */
const isListed = (name) => readme.toLowerCase().includes(name.toLowerCase());

test('the README lists every dependency', () => {
    const problems = [];
    if (readme === '') problems.push('README.md:1: is missing; it lists the dependencies');
    for (const { line, number } of lockLines) {
        const name = line.split(/\s+/)[0];
        if (!isListed(name)) problems.push(`tools/lock/third_party.lock:${number}: ${name} is not in README.md's table of dependencies; add it with its reason`);
    }
    for (const name of Object.keys(packages)) {
        if (!isListed(name)) problems.push(`web/package.json:1: ${name} is not in README.md's table of dependencies; add it with its reason`);
    }
    expectNone(problems);
});

test('C sources are pinned by version and SHA-256', () => {
    expectNone(lockLines.filter(({ line }) => !/^[a-z0-9-]+\s+\d[\w.+-]*\s+[0-9a-f]{64}\s+\S+(\s+\S+)?$/.test(line))
        .map(({ number }) => `tools/lock/third_party.lock:${number}: is not "name version sha256 file [folder]"; write those`));
});

test('npm packages are pinned to one version, with hashes and without addresses', () => {
    const problems = [];
    for (const [name, version] of Object.entries(packages)) {
        if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) problems.push(`web/package.json:1: ${name} is "${version}"; name one version`);
    }
    const lock = JSON.parse(textOf('web/package-lock.json'));
    for (const [path, entry] of Object.entries(lock.packages)) {
        if (path === '' || entry.link) continue;
        if (entry.resolved) problems.push(`web/package-lock.json:1: ${path} carries an address; install with omit-lockfile-registry-resolved`);
        if (!entry.integrity && !entry.inBundle) problems.push(`web/package-lock.json:1: ${path} has no hash; install it again`);
    }
    expectNone(problems);
});

test('JavaScript imports only what is listed', () => {
    const problems = [];
    for (const path of filesLike(/^(web|wasm|tools|tests)\/.*\.m?js$/)) {
        const code = codeOfJs(textOf(path));
        for (const found of code.matchAll(/(?:^(?:import|export)\b[^'";]*?\bfrom\s*|^import\s*|(?<![\w.])import\s*\(\s*)(['"])([^'"\n]+)\1/gm)) {
            const target = found[2];
            if (/^(\.|node:|https?:|data:)/.test(target)) continue;
            const name = target.split('/').slice(0, target.startsWith('@') ? 2 : 1).join('/');
            const where = `${path}:${lineAt(code, found.index)}`;
            if (builtinModules.includes(target)) problems.push(`${where}: "${target}" is Node's own; write "node:${target}"`);
            else if (!(name in packages)) problems.push(`${where}: "${target}" is not in web/package.json; add it there, or do without`);
        }
    }
    expectNone(problems);
});

test('no package is listed that nothing uses', () => {
    const used = filesLike(/^(web|wasm|tools|tests)\/.*(\.m?js|\.d\.ts|\.css|\.html|tsconfig\.json|package\.json)$/)
        .filter((path) => !path.endsWith('package-lock.json')).map((path) => (path.endsWith('package.json') ? JSON.stringify(JSON.parse(textOf(path)).scripts ?? {}) : textOf(path))).join('\n');
    expectNone(Object.keys(packages).filter((name) => !name.startsWith('@types/') && !used.includes(name === 'typescript' ? 'tsc' : name))
        .map((name) => `web/package.json:1: ${name} is used by no file; remove it`));
});
