import { duration } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { said } from '../i18n/index.js';

/** What a run does with changed code: it goes on with it, or begins again; kept as the setting `reload`. */
const CHOICES = /** @type {const} */ (['now', 'start']);

/**
 * What becomes of a run whose code was changed: the choice, which is remembered, and the way to carry it out.
 * @param {import('../types.js').App} app
 * @param {{ isChanged: () => boolean, flush: () => void }} code whether the run has another one; writes what stands in the editor
 */
export function createReload(app, { isChanged, flush }) {
  const { t, run, settings } = app;
  const chosen = () => (settings.get('reload') === 'start' ? 'start' : 'now');
  const choices = CHOICES.map((name) => el('button', {
    type: 'button', class: 'button', title: t(`code.reload_${name}_tip`), onclick: () => settings.set('reload', name),
  }, t(`code.reload_${name}`)));
  const apply = el('button', { type: 'button', class: 'button code-apply', title: t('code.apply_tip'), onclick: () => void carryOut() }, t('code.apply'));
  const told = el('p', { class: 'code-reload-told small' });
  const element = el('div', { class: 'code-reload', role: 'group', 'aria-label': t('code.reload') },
    el('span', { class: 'small muted' }, t('code.reload')), el('div', { class: 'button-group' }, choices), apply, told);
  /** @type {{ design: unknown, text: string } | null} of this document alone */
  let refusal = null;
  let isBusy = false;
  let shown = '';

  const isThere = () => run.design !== null && (run.state === 'running' || run.state === 'paused' || run.state === 'done');
  const canApply = () => isThere() && isChanged() && !isBusy;

  /** @param {string} text */
  function refuse(text) {
    refusal = { design: app.document.get(), text };
    app.announce(text);
    update();
  }

  /** Gives the code to the run, as chosen. What is wrong with it is found first: the run is then left as it is. */
  async function carryOut() {
    flush();
    if (!canApply()) return;
    const choice = chosen();
    if (choice === 'now' && run.state === 'done') return refuse(t('code.reload_over'));
    isBusy = true;
    refusal = null;
    update();
    try {
      const { result } = await app.engine.call('check', { design: app.document.text() });
      const wrong = result.diagnostics.find((/** @type {import('../types.js').Diagnostic} */ one) => one.severity === 'error');
      if (wrong) refuseWith(wrong.message);
      else if (choice === 'now' && run.time_s > 0) await goOn();
      else {
        await run.again();
        app.announce(t('code.reloaded_start'));
      }
    } catch (why) {
      refuseWith(/** @type {Error} */ (why).message);
    } finally {
      isBusy = false;
      update();
    }
  }

  async function goOn() {
    if (await run.fork()) app.announce(t('code.reloaded_now', { time: duration(run.fork_s) }));
    else if (run.refusal !== null) refuseWith(`${run.refusal}.`);
  }

  /** @param {string} message of the engine */
  const refuseWith = (message) => refuse(t('code.reload_refused', { why: said(message).text }));

  /** @returns {{ text: string, kind: 'bad' | 'warm' | '' }} */
  function state() {
    if (refusal?.design === app.document.get()) return { text: refusal.text, kind: 'bad' };
    if (isChanged()) return { text: t(run.state === 'done' ? 'code.reload_done' : 'code.reload_waits'), kind: 'warm' };
    return { text: run.fork_s > 0 ? t('code.reloaded_now', { time: duration(run.fork_s) }) : '', kind: '' };
  }

  function update() {
    element.hidden = !isThere();
    if (element.hidden) return;
    const { text, kind } = state();
    const choice = chosen();
    const next = [text, kind, choice, canApply()].join('|');
    if (next === shown) return;
    shown = next;
    choices.forEach((button, index) => button.setAttribute('aria-pressed', String(CHOICES[index] === choice)));
    apply.setAttribute('aria-disabled', String(!canApply()));
    apply.classList.toggle('primary', canApply());
    told.className = `code-reload-told small ${kind}`;
    told.hidden = text === '';
    fill(told, text);
  }

  const stops = ['run-state', 'run-open', 'results', 'document', 'settings'].map((name) => app.signals.on(name, update));
  update();
  return { element, update, apply: () => void carryOut(), dispose: () => stops.forEach((stop) => stop()) };
}
