// The page's policy holds, and axe finds nothing to object to, in both themes, wide and small, before and after a run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, objections, openPage, runToEnd, start } from './browser.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => { site = await start(); });
after(() => site?.stop());

test('the policy lets no markup and no foreign script in', async () => {
  const { page, context } = await openPage(site);
  const refused = await page.evaluate(() => {
    const attempts = {
      markup: () => { document.body.innerHTML = '<b>x</b>'; },
      script: () => { document.createElement('script').src = 'https://example.org/x.js'; },
      policy: () => globalThis.trustedTypes.createPolicy('other', {}),
    };
    return Object.entries(attempts).filter(([, attempt]) => {
      try { attempt(); return true; } catch { return false; }
    }).map(([name]) => name);
  });
  assert.deepEqual(refused, []);
  await context.close();
});

for (const [name, options] of Object.entries({
  light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, phone: { colorScheme: 'light', viewport: { width: 360, height: 740 } },
})) {
  test(`axe has no objection in ${name}`, async () => {
    const { page, context } = await openPage(site, options);
    await page.getByText('is missing its target').waitFor();
    assert.deepEqual(await objections(page), [], 'at first');
    await runToEnd(page);
    assert.deepEqual(await objections(page), [], 'after a run');
    await page.getByRole('tab', { name: 'Results' }).click();
    await page.locator('.verdict-node').click();
    if (name === 'phone') await page.getByRole('button', { name: 'Settings' }).click();
    await page.waitForTimeout(300);
    assert.deepEqual(await objections(page), [], 'with the results and a node');
    await choose(page, 'Edit as text');
    await page.locator('.source .editor[data-engine]').waitFor();
    assert.deepEqual(await objections(page), [], 'with the text');
    await context.close();
  });
}

test('the main job is done by keyboard alone', async () => {
  const { page, context } = await openPage(site);
  await page.getByText('is missing its target').waitFor();
  await page.keyboard.press(' ');
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('orders');
  await page.keyboard.press('Enter');
  await page.locator('.frame-inspector').getByLabel('Replicas', { exact: true }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('M/M/1');
  await page.locator('.finder-list .menu-item').first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.header-name', { hasText: 'M/M/1' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await context.close();
});
