/**
 * The language of the page: what was chosen here, what the address asks for (`?language=ar`, for links and for embeds; not
 * remembered), or the first of the browser's languages that there is. It is settled before the first panel is made, so a
 * change of it loads the page again, with the work kept.
 */

import { DIRECTIONS, languageOf, speak } from '../i18n/index.js';
import { loadLibrary } from '../libraries/libraries.js';

export const LANGUAGES = /** @type {const} */ (['system', 'en', 'ar']);
/** @typedef {typeof LANGUAGES[number]} LanguageChoice */

// English is in the page's script; the others are scripts of their own.
const LIBRARIES = /** @type {Record<string, import('../libraries/library.js').Library>} */ ({ ar: 'arabic', pseudo: 'pseudo' });

/** @param {import('../types.js').App} app */
export function createLanguage(app) {
  const inAddress = new URLSearchParams(location.search).get('language');
  /** @returns {LanguageChoice} */
  const choice = () => (LANGUAGES.includes(app.settings.get('language')) ? app.settings.get('language') : 'system');

  function wanted() {
    if (inAddress !== null && (inAddress in DIRECTIONS || inAddress in LIBRARIES)) return inAddress;
    const chosen = choice();
    return chosen === 'system' ? languageOf(navigator.languages) : chosen;
  }

  /** Loads the words and turns the page their way. */
  async function settle() {
    const language = wanted();
    const library = LIBRARIES[language];
    if (library) {
      try {
        const words = await loadLibrary(library);
        speak(language in DIRECTIONS ? language : 'en', words.table, words.sentences);
        app.words = words.catalog;
      } catch {
        app.notify(app.t('language.failed', { language: app.t(`language.${language}`) }), { kind: 'error' });
        return;
      }
    }
    document.documentElement.lang = language === 'pseudo' ? 'en' : language;
    document.documentElement.dir = DIRECTIONS[language] ?? 'ltr';
  }

  /** @param {LanguageChoice} language */
  async function choose(language) {
    if (language === choice() && inAddress === null) return;
    app.settings.set('language', language);
    if (!(await app.keep())) {
      app.notify(app.t('language.kept', { language: app.t(`language.${language}`) }));
      return;
    }
    const address = new URL(location.href);
    address.searchParams.delete('language');
    if (address.href === location.href) location.reload();
    else location.replace(address);
  }
  return { get choice() { return choice(); }, settle, choose };
}
