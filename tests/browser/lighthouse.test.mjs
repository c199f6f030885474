// Lighthouse on the page as it is served: accessibility and best practices are 100, on a desk and on a phone.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../../tools/serve.mjs';
import { dist, root } from './browser.mjs';

const fromWeb = createRequire(join(root, 'web/package.json'));
const puppeteer = fromWeb('puppeteer-core');
const CATEGORIES = ['accessibility', 'best-practices'];

/** @type {import('node:http').Server} */
let server;
/** @type {any} */
let browser;
before(async () => {
  server = await serve(dist, 0);
  browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});
after(async () => {
  await browser?.close();
  server?.close();
});

for (const form of /** @type {const} */ (['desktop', 'mobile'])) {
  for (const language of ['en', 'ar']) {
    test(`accessibility and best practices are 100, ${form}, ${language}`, async () => {
      const { default: lighthouse, desktopConfig } = await import(fromWeb.resolve('lighthouse'));
      const page = await browser.newPage();
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      const { lhr } = await lighthouse(`http://localhost:${port}/?language=${language}`, { onlyCategories: CATEGORIES, logLevel: 'error' }, form === 'desktop' ? desktopConfig : undefined, page);
      assert.equal(lhr.runtimeError, undefined);
      const failed = Object.values(lhr.audits).filter((audit) => audit.score !== null && audit.score < 1)
        .map((audit) => `${audit.id}: ${audit.title} ${JSON.stringify(audit.details?.items ?? []).slice(0, 400)}`);
      for (const category of CATEGORIES) assert.equal(lhr.categories[category].score, 1, `${category}: ${failed.join('\n')}`);
      await page.close();
    });
  }
}
