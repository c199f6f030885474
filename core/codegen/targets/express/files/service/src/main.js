import { start } from '@capsule/runtime';

import { define } from './service.js';

await start(define(process.env));
