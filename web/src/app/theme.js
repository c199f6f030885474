/**
 * Light, dark, or as the system has it: an attribute on the root that the tokens follow.
 * @param {import('../types.js').App} app
 */
export function createTheme(app) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const choices = /** @type {const} */ (['system', 'light', 'dark']);
  const chosen = () => app.settings.get('theme') ?? 'system';

  function apply() {
    const theme = chosen();
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    app.signals.emit('theme', isDark() ? 'dark' : 'light');
  }
  const isDark = () => (chosen() === 'system' ? dark.matches : chosen() === 'dark');
  dark.addEventListener('change', apply);
  app.signals.on('settings', (key) => { if (key === 'theme') apply(); });
  apply();
  return {
    get choice() { return chosen(); },
    choices,
    /** @param {typeof choices[number]} theme */
    choose: (theme) => app.settings.set('theme', theme),
  };
}
