// Serves a folder on the loopback interface: node tools/serve.mjs [FOLDER] [PORT].
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = new Map([
    ['.css', 'text/css; charset=utf-8'],
    ['.csv', 'text/csv; charset=utf-8'],
    ['.html', 'text/html; charset=utf-8'],
    ['.ico', 'image/x-icon'],
    ['.js', 'text/javascript; charset=utf-8'],
    ['.json', 'application/json; charset=utf-8'],
    ['.map', 'application/json; charset=utf-8'],
    ['.md', 'text/markdown; charset=utf-8'],
    ['.mjs', 'text/javascript; charset=utf-8'],
    ['.png', 'image/png'],
    ['.svg', 'image/svg+xml; charset=utf-8'],
    ['.txt', 'text/plain; charset=utf-8'],
    ['.wasm', 'application/wasm'],
    ['.webmanifest', 'application/manifest+json; charset=utf-8'],
    ['.woff2', 'font/woff2'],
    ['.zip', 'application/zip'],
]);

/**
 * Finds the file a request path means, or null.
 * @param {string} folder absolute
 * @param {string} url
 */
function find(folder, url) {
    let path;
    try {
        path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    } catch {
        return null;
    }
    const file = join(folder, normalize(path.endsWith('/') ? `${path}index.html` : path));
    if (path.includes('\0') || !file.startsWith(folder + sep)) return null;
    const found = statSync(file, { throwIfNoEntry: false });
    return found?.isFile() ? { file, size: found.size } : null;
}

/**
 * Serves a folder; answers with the server once it listens. Port 0 takes any free one.
 * @param {string} folder
 * @param {number} port
 * @returns {Promise<import('node:http').Server>}
 */
export function serve(folder, port) {
    const root = resolve(folder);
    const server = createServer((request, response) => {
        if (request.method !== 'GET' && request.method !== 'HEAD') {
            response.writeHead(405, { Allow: 'GET, HEAD' }).end();
            return;
        }
        const found = find(root, request.url ?? '/');
        if (!found) {
            response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
            response.end('There is no such file here.\n');
            return;
        }
        response.writeHead(200, {
            'Content-Type': TYPES.get(extname(found.file)) ?? 'application/octet-stream',
            'Content-Length': found.size,
            'Cache-Control': 'no-cache',
            'X-Content-Type-Options': 'nosniff',
        });
        if (request.method === 'HEAD') response.end();
        else createReadStream(found.file).on('error', () => response.destroy()).pipe(response);
    });
    return new Promise((done, failed) => {
        server.once('error', failed);
        server.listen(port, '127.0.0.1', () => done(server));
    });
}

/** @param {string[]} args */
async function main([folder = 'dist', portText = '8080']) {
    const port = Number(portText);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
        console.error(`"${portText}" is not a port: give a whole number from 1 to 65535, such as PORT=8081.`);
        process.exit(2);
    }
    try {
        const server = await serve(folder, port);
        const address = server.address();
        const chosen = typeof address === 'object' && address ? address.port : port;
        console.log(`ScaleSim Studio is at http://localhost:${chosen} (stop with Ctrl+C)`);
        for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
    } catch (error) {
        const code = /** @type {NodeJS.ErrnoException} */ (error).code;
        if (code === 'EADDRINUSE') console.error(`Port ${port} is in use. Choose another: PORT=${port + 1} tools/run`);
        else if (code === 'EACCES') console.error(`Port ${port} needs root. Choose one above 1023: PORT=8080 tools/run`);
        else console.error(`The page cannot be served: ${/** @type {Error} */ (error).message}`);
        process.exit(1);
    }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
