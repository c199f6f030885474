import { copyText } from '../files/transfer.js';
import { linkOf, readLink } from './link.js';

/**
 * Puts an address on the clipboard that opens this design anywhere.
 * @param {import('../types.js').App} app
 */
export async function copyLink(app) {
  const link = await linkOf(app.document.text(), location.href);
  if (link === null) app.notify(app.t('link.too_long'), { kind: 'error' });
  else app.notify(app.t(await copyText(link) ? 'link.copied' : 'results.not_copied', { n: link.length }));
}

/**
 * Opens the design of the page's own address as a new document, once. What was open stays where it is kept.
 * @param {import('../types.js').App} app
 */
export async function openLink(app) {
  const { hash } = location;
  history.replaceState(null, '', location.pathname + location.search);
  const text = await readLink(hash).catch(() => null);
  if (text === null) app.notify(app.t('link.broken'), { kind: 'error' });
  else app.signals.emit('open-shared', { text, name: app.t('link.name') });
}
