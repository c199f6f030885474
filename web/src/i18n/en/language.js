/** The choice of language. The name of a language is written in that language, in every table. */
export default {
  'language.title': 'Language',
  'language.system': 'as the browser',
  'language.en': 'English',
  'language.ar': 'العربية',
  'language.failed': 'The words of {language} could not be loaded. Reload the page when it is online.',
  'language.kept': 'Nothing can be kept here over a reload. Save your work as a file, then reload the page to see it in {language}.',
};
