/**
 * Modules that the page's later scripts use as they are here, with their state, instead of carrying copies: the build puts
 * these in the place of such imports (`borrowed` in build.mjs).
 */

import * as pace from './app/pace.js';
import * as format from './canvas/format.js';
import * as theme from './canvas/theme.js';
import * as problems from './diagnostics/problems.js';
import * as design from './document/document.js';
import * as pointer from './document/pointer.js';
import * as dom from './dom.js';
import * as assets from './engine/assets.js';
import * as dialog from './files/dialog.js';
import * as transfer from './files/transfer.js';
import * as i18n from './i18n/index.js';
import * as icon from './icons/icon.js';
import * as libraries from './libraries/libraries.js';
import * as database from './files/database.js';
import * as locks from './files/locks.js';
import * as slots from './files/slots.js';
import * as examples from './files/examples.js';
import * as scene from './canvas/scene.js';
import * as changes from './run/changes.js';
import * as verdicts from './results/verdicts.js';
import * as precision from './results/precision.js';
import * as marks from './charts/marks.js';
import * as change from './inspector/change.js';
import * as values from './inspector/values.js';
import * as catalog from './palette/catalog.js';
import * as live from './canvas/live.js';
import * as load from './canvas/load.js';
import * as moment from './canvas/moment.js';
import * as menu from './canvas/menu.js';

/** @type {any} */ (globalThis).scalesimShared = {
  'app/pace.js': pace,
  'canvas/format.js': format,
  'canvas/theme.js': theme,
  'diagnostics/problems.js': problems,
  'document/document.js': design,
  'document/pointer.js': pointer,
  'dom.js': dom,
  'engine/assets.js': assets,
  'files/dialog.js': dialog,
  'files/transfer.js': transfer,
  'i18n/index.js': i18n,
  'icons/icon.js': icon,
  'libraries/libraries.js': libraries,
  'files/database.js': database,
  'files/locks.js': locks,
  'files/slots.js': slots,
  'files/examples.js': examples,
  'canvas/scene.js': scene,
  'run/changes.js': changes,
  'results/verdicts.js': verdicts,
  'results/precision.js': precision,
  'charts/marks.js': marks,
  'inspector/change.js': change,
  'inspector/values.js': values,
  'palette/catalog.js': catalog,
  'canvas/live.js': live,
  'canvas/load.js': load,
  'canvas/moment.js': moment,
  'canvas/menu.js': menu,
};
