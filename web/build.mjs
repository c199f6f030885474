/**
 * Builds the page: `src/` and the engine's module into `dist/`, static files with hashed names.
 *
 *   node build.mjs [--wasm FILE] [--handlers FILE] [--meter FILE] [--out DIR]
 */

import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const JS_GZIP_BYTES_MAX = 80_000; // what a page of a phone on a slow line can take
const WASM_GZIP_BYTES_MAX = 250_000;
const HANDLERS_GZIP_BYTES_MAX = 400_000; // loaded when a design has code

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '..');
const { values: options } = parseArgs({ options: {
  wasm: { type: 'string', default: join(root, 'build', 'scalesim.wasm') },
  handlers: { type: 'string', default: join(root, 'build', 'handlers.wasm') },
  meter: { type: 'string', default: join(root, 'build', 'meter.wasm') },
  out: { type: 'string', default: join(root, 'dist') },
} });
const out = resolve(options.out);

/** Text or bytes under a name that carries their hash. */
async function emit(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const [stem, ...extension] = name.split('.');
  const file = `${stem}-${hash}.${extension.join('.')}`;
  await writeFile(join(out, file), content);
  return file;
}

/** Modules that the page's script lends to later ones: those that src/shared.js imports. */
const lent = new Set([...(await readFile(join(here, 'src', 'shared.js'), 'utf8')).matchAll(/from '\.\/(.+\.js)'/g)].map(([, path]) => path));
const borrowed = {
  name: 'borrowed',
  setup(build) {
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const name = relative(join(here, 'src'), join(resolveDir, path)).replaceAll(sep, '/');
      return lent.has(name) ? { path: name, namespace: 'borrowed' } : undefined;
    });
    build.onLoad({ filter: /./, namespace: 'borrowed' }, ({ path }) => ({ contents: `module.exports = globalThis.scalesimShared[${JSON.stringify(path)}];` }));
  },
};

/** Binaryen's package waits for itself at its top level, which a classic script cannot: here it exports the function that makes it. */
const binaryenAsFunction = {
  name: 'binaryen',
  setup(build) {
    build.onLoad({ filter: /[\\/]binaryen[\\/]index\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replace(/var (\w+)=await (\w+)\(\),(\w+)=\1;export\{\3 as default\}/, 'export default $2');
      if (contents === text) throw new Error('The binaryen package ends otherwise than web/build.mjs knows.');
      return { contents, loader: 'js' };
    });
  },
};

/** Monaco's words come from the page's tables. */
const monacoWords = {
  name: 'monaco-words',
  setup(build) {
    build.onLoad({ filter: /[\\/]monaco-editor[\\/]esm[\\/]vs[\\/]nls\.js$/ }, async () => ({
      contents: await readFile(join(here, 'src', 'editor', 'monaco', 'nls.js'), 'utf8'), loader: 'js',
    }));
  },
};

/** Bundles one entry into a classic script, which needs no CORS and so runs in sandboxed frames too. */
async function bundle(entry, define = {}, plugins = []) {
  const result = await esbuild.build({
    entryPoints: [entry], bundle: true, minify: true, write: false, outdir: out, format: 'iife', target: ['chrome115', 'firefox120', 'safari16.4'],
    define, plugins, nodePaths: [join(here, 'node_modules')], logLevel: 'warning', legalComments: 'none', metafile: true, loader: { '.ttf': 'file' }, assetNames: '[name]-[hash]',
  });
  await Promise.all(result.outputFiles.filter(({ path }) => path.endsWith('.ttf')).map(({ path, contents }) => writeFile(path, contents)));
  const part = (suffix) => result.outputFiles.find(({ path }) => path.endsWith(suffix))?.contents;
  return { js: part('.js'), css: part('.css') };
}

/**
 * Monaco's frame: a document of its own, with its script, styles, font and worker.
 * @returns {Promise<{ file: string, bytes: number }>}
 */
async function emitMonaco() {
  const folder = join(here, 'src', 'editor', 'monaco');
  const worker = await bundle(join(folder, 'worker.js'));
  const workerName = await emit('monaco-worker.js', worker.js);
  const { js, css } = await bundle(join(folder, 'main.js'), { __WORKER__: JSON.stringify(workerName) }, [monacoWords]);
  const html = (await readFile(join(folder, 'frame.html'), 'utf8'))
    .replace('href="monaco.css"', `href="${await emit('monaco.css', css)}"`).replace('src="monaco.js"', `src="${await emit('monaco.js', js)}"`);
  return { file: await emit('monaco.html', html), bytes: gzipBytes(js) + gzipBytes(css) };
}

/** The examples: every folder of examples/ with a design of its own name. */
async function readExamples() {
  const folder = join(root, 'examples');
  const names = (await readdir(folder, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  const found = [];
  for (const name of names) {
    const text = await readFile(join(folder, name, `${name}.scalesim.json`), 'utf8').catch(() => null);
    if (text === null) continue;
    const readme = await readFile(join(folder, name, 'README.md'), 'utf8').catch(() => '');
    const design = JSON.parse(text);
    found.push({
      text, readme,
      entry: {
        name, title: design.name ?? name, description: design.description ?? '', nodes: Object.keys(design.nodes ?? {}).length,
        path: `examples/${name}/${name}.scalesim.json`,
      },
    });
  }
  return found;
}

/** Writes the examples with their index, and the same as one script for frames that may not fetch. */
async function emitExamples() {
  const examples = await readExamples();
  const index = JSON.stringify({ examples: examples.map(({ entry }) => entry) });
  const texts = { 'examples/index.json': index };
  await mkdir(join(out, 'examples'), { recursive: true });
  await writeFile(join(out, 'examples', 'index.json'), index);
  for (const { entry, text, readme } of examples) {
    const folder = join(out, 'examples', entry.name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(out, entry.path), text);
    if (readme) await writeFile(join(folder, 'README.md'), readme);
    texts[entry.path] = text;
  }
  return { count: examples.length, paths: ['examples/index.json', ...examples.map(({ entry }) => entry.path)], script: await emit('examples.js', `globalThis.scalesimExamples=${JSON.stringify(texts)};`) };
}

/** The snippets: every folder of core/handlers/snippets/, with the types of what its code calls by name. */
async function readSnippets() {
  const folder = join(root, 'core', 'handlers', 'snippets');
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  return Promise.all(names.map(async (name) => {
    const source = await readFile(join(folder, name, 'snippet.js'), 'utf8');
    const { nodes, edges } = JSON.parse(await readFile(join(folder, name, 'test.json'), 'utf8'));
    const called = Object.keys(edges).map((edge) => edge.split('->')).filter(([from, to]) => nodes[from].code === 'snippet.js' && source.includes(`'${to}'`));
    return { name, source, targets: Object.fromEntries(called.map(([, to]) => [to, nodes[to].type])) };
  }));
}

function checkSize(what, bytes, limit) {
  console.log(`${what}: ${bytes} bytes gzipped (at most ${limit})`);
  if (bytes > limit) {
    console.error(`${what} is ${bytes - limit} bytes too large.`);
    process.exitCode = 1;
  }
}

const gzipBytes = (content) => gzipSync(content, { level: 9 }).length;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const wasm = await readFile(options.wasm).catch(() => {
  console.error(`There is no engine at ${options.wasm}: build it first (cmake --preset wasm && cmake --build --preset wasm), or say where with --wasm.`);
  process.exit(1);
});
const handlers = await readFile(options.handlers).catch(() => {
  console.error(`There is no interpreter of handlers at ${options.handlers}: the wasm preset makes it, or say where with --handlers.`);
  process.exit(1);
});
const meter = await readFile(options.meter).catch(() => {
  console.error(`There is no meter at ${options.meter}: the wasm preset makes it, or say where with --meter.`);
  process.exit(1);
});
const examples = await emitExamples();
const worker = await bundle(join(root, 'wasm', 'worker.js'));
const sandbox = await bundle(join(root, 'wasm', 'sandbox_script.js'));
const modules = await bundle(join(root, 'wasm', 'modules_script.js'), { __METER__: JSON.stringify(meter.toString('base64')) }, [binaryenAsFunction]);
const dagre = await bundle(join(here, 'src', 'libraries', 'dagre.js'));
const insight = await bundle(join(here, 'src', 'libraries', 'insight.js'), {}, [borrowed]);
const settings = await bundle(join(here, 'src', 'libraries', 'settings.js'), {}, [borrowed]);
const desk = await bundle(join(here, 'src', 'libraries', 'desk.js'), {}, [borrowed]);
const stepping = await bundle(join(here, 'src', 'libraries', 'debugger.js'), {}, [borrowed]);
const snippets = await bundle(join(here, 'src', 'libraries', 'snippets.js'), { __SNIPPETS__: JSON.stringify(await readSnippets()) }, [borrowed]);
const analysis = await bundle(join(here, 'src', 'libraries', 'analysis.js'), {}, [borrowed]);
const arabic = await bundle(join(here, 'src', 'libraries', 'arabic.js'));
const pseudo = await bundle(join(here, 'src', 'libraries', 'pseudo.js'));
const codemirror = await bundle(join(here, 'src', 'libraries', 'codemirror.js'), {}, [borrowed]);
const monaco = await emitMonaco();
const assets = {
  serviceWorker: 'service_worker.js', // by this name alone: the browser compares it with the one it has
  codemirror: await emit('codemirror.js', codemirror.js),
  monacoFrame: monaco.file,
  analysis: await emit('analysis.js', analysis.js),
  arabic: await emit('arabic.js', arabic.js),
  pseudo: await emit('pseudo.js', pseudo.js),
  dagre: await emit('layout.js', dagre.js),
  debugger: await emit('debugger.js', stepping.js),
  desk: await emit('desk.js', desk.js),
  settings: await emit('settings.js', settings.js),
  snippets: await emit('snippets.js', snippets.js),
  insight: await emit('insight.js', insight.js),
  wasm: await emit('scalesim.wasm', wasm),
  wasmScript: await emit('engine.js', `globalThis.scalesimWasm="${wasm.toString('base64')}";`),
  handlers: await emit('handlers.wasm', handlers),
  handlersScript: await emit('handlers.js', `globalThis.scalesimHandlers="${handlers.toString('base64')}";`),
  sandboxScript: await emit('sandbox.js', sandbox.js),
  modulesScript: await emit('modules.js', modules.js),
  worker: await emit('worker.js', worker.js),
  examplesScript: examples.script,
};
const app = await bundle(join(here, 'src', 'main.js'), { __ASSETS__: JSON.stringify(assets) });
const appName = await emit('app.js', app.js);
const cssName = await emit('app.css', Buffer.concat([app.css, insight.css, desk.css, stepping.css, snippets.css].filter(Boolean)));
const iconName = await emit('icon.svg', await readFile(join(here, 'icon.svg')));
const manifestName = await emit('app.webmanifest', JSON.stringify({
  id: './', name: 'ScaleSim Studio', short_name: 'ScaleSim', description: 'Draw a system, run it, see where it breaks, take the code home.',
  start_url: './', scope: './', display: 'standalone', background_color: '#f8f8f5', theme_color: '#f8f8f5',
  icons: [{ src: iconName, sizes: 'any', type: 'image/svg+xml', purpose: 'any maskable' }],
  file_handlers: [{ action: './', accept: { 'application/vnd.scalesim+json': ['.scalesim.json'] }, launch_type: 'single-client' }],
}, null, 2));
const html = (await readFile(join(here, 'index.html'), 'utf8'))
  .replace('href="app.css"', `href="${cssName}"`).replace('src="app.js"', `src="${appName}"`).replace('href="icon.svg"', `href="${iconName}"`)
  .replace('href="app.webmanifest"', `href="${manifestName}"`);
await writeFile(join(out, 'index.html'), html);
// What the page starts with; what it loads later is kept when it was.
const kept = [appName, cssName, iconName, manifestName, assets.worker, assets.wasm, assets.dagre, assets.desk, assets.settings, assets.insight, assets.arabic, ...examples.paths];
const bytes = await Promise.all(['index.html', ...kept].map((file) => readFile(join(out, file))));
const version = createHash('sha256').update(kept.join()).update(Buffer.concat(bytes)).digest('hex').slice(0, 10);
const serviceWorker = await bundle(join(here, 'service_worker.js'), { __VERSION__: JSON.stringify(version), __FILES__: JSON.stringify(['./', ...kept]) });
await writeFile(join(out, assets.serviceWorker), serviceWorker.js);
console.log(`${examples.count} examples`);
console.log(`Loaded later: charts and results ${gzipBytes(insight.js)}, layout ${gzipBytes(dagre.js)}, designs and history ${gzipBytes(desk.js)}, debugger ${gzipBytes(stepping.js)}, settings ${gzipBytes(settings.js)}, Arabic ${gzipBytes(arabic.js)} bytes gzipped`);
console.log(`Loaded later: code editors ${gzipBytes(codemirror.js)} (CodeMirror) or ${monaco.bytes} (Monaco) bytes gzipped`);
checkSize('Page script, with its worker', gzipBytes(app.js) + gzipBytes(worker.js), JS_GZIP_BYTES_MAX);
checkSize('Engine', gzipBytes(wasm), WASM_GZIP_BYTES_MAX);
console.log(`Loaded for a WebAssembly module of one's own: ${gzipBytes(modules.js)} bytes gzipped (Binaryen and the meter)`);
checkSize('Interpreter of handlers, loaded when a design has code', gzipBytes(handlers), HANDLERS_GZIP_BYTES_MAX);
