export { createService } from './service.js';
export { start } from './lifecycle.js';
export { Problem } from './problem.js';
export { distribution } from './distributions.js';
