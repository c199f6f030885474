// npm run setup: makes .env from .env.example, with a new password for every store.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const example = readFileSync(new URL('.env.example', root), 'utf8');
const password = () => randomBytes(24).toString('base64url');
const text = example.replace(/^([A-Z0-9_]+_PASSWORD)=$/gm, (line, name) => `${name}=${password()}`);

try {
  writeFileSync(new URL('.env', root), text, { flag: 'wx', mode: 0o600 });
  console.log('.env is made; its passwords are new and known to nobody else.');
} catch (error) {
  if (error.code !== 'EEXIST') throw error;
  console.log('.env exists already and is left as it is.');
}
