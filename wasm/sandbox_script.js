/** The sandboxes' host as a script, for a worker or page that loads it when a design has code. */

import { createSandboxHost } from './sandbox.mjs';

/** @type {any} */ (globalThis).scalesimSandbox = createSandboxHost;
