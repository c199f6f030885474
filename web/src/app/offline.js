import { scriptUrl } from '../engine/assets.js';

/** Lets the page start without a network from the next time on, where the browser can do that. */
export function goOffline() {
  try {
    // A frame without an origin has none of this, and a page that is not served securely neither.
    navigator.serviceWorker?.register(scriptUrl('serviceWorker')).catch(() => {});
  } catch {
    // The page works as well, with a network.
  }
}
