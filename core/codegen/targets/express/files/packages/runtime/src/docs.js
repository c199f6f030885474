import { createRequire } from 'node:module';
import { dirname } from 'node:path';

import express from 'express';

const require = createRequire(import.meta.url);

const escapeHtml = (text) =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escapeHtml(title)}</title>
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css" />
    <link rel="icon" href="/docs/assets/favicon-32x32.png" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', validatorUrl: null });\n`;

/** The OpenAPI document and interactive documentation, served from this project's own packages. */
export function createDocs(openapi) {
  const assets = dirname(require.resolve('swagger-ui-dist/package.json'));
  const router = express.Router();
  router.get('/openapi.json', (request, response) => response.json(openapi));
  router.get('/docs', (request, response) => response.type('html').send(page(openapi.info.title)));
  router.get('/docs/start.js', (request, response) => response.type('js').send(START));
  router.use('/docs/assets', express.static(assets, { index: false, maxAge: '1d' }));
  return router;
}
