// npm run dev: runs every service on this machine, without containers. PostgreSQL and Redis must
// run; DATABASE_URL and REDIS_URL say where. PORT_BASE moves all ports.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const services = JSON.parse(readFileSync(new URL('scripts/services.json', root), 'utf8'));
const base = Number(process.env.PORT_BASE || 0);
const first = Math.min(...services.map((service) => service.port));
const portOf = (service) => (base ? service.port - first + base : service.port);

/** Settings of .env, without the passwords of containers that do not run here. */
function settings() {
  const file = new URL('.env', root);
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').matchAll(/^([A-Z0-9_]+)=(.*)$/gm);
  return Object.fromEntries([...lines].map((line) => [line[1], line[2]]));
}

const urls = Object.fromEntries(
  services.map((service) => [`${service.variable}_URL`, `http://127.0.0.1:${portOf(service)}`]),
);
const children = services.map((service) =>
  spawn(process.execPath, ['src/main.js'], {
    cwd: fileURLToPath(new URL(`services/${service.id}/`, root)),
    env: {
      HOST: '127.0.0.1', ...settings(), ...urls, ...process.env, PORT: String(portOf(service)),
    },
    stdio: 'inherit',
  }),
);

let isStopping = false;
function stop() {
  if (isStopping) return;
  isStopping = true;
  for (const child of children) child.kill('SIGTERM');
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
for (const [index, child] of children.entries()) {
  child.on('exit', (code) => {
    if (!isStopping) console.error(`${services[index].id} ended with status ${code}; stopping the others`);
    process.exitCode ||= isStopping ? 0 : code || 1;
    stop();
  });
}
