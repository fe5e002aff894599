// What every form has around what is judged: keys and buttons of zoom, help, undo and reject, and which zoom is kept.
import { ARROWS, keys, nameOf } from "./keys.js";
import { recall, remember } from "./memory.js";
import { element } from "./page.js";

const PAN = 40; // CSS pixels per press of an arrow
const KEEP = "pixelpost-keep-zoom"; // where this browser remembers whether zoom stays for the next images

/** What a click was made with: Enter and the space bar click too. */
export const inputOf = (event) => (event.pointerType === "touch" ? "touch" : event.detail === 0 ? "key" : "pointer");

/**
 * Listens to keys and clicks. A form gives what its keys do (presses), what they do when they are let go (releases), what its
 * buttons do (buttons, by data-action), and, before all that, key and click: what it takes for itself.
 */
export function listen(turns, zoom, gestures, { presses: own, releases: ownReleases = {}, buttons: ownButtons = {}, key, click }) {
  const { zoomIn, zoomOut, fit } = zoom;
  const both = { reject: turns.openReasons, undo: turns.undo, help: () => element("help").showModal(), zoomIn, zoomOut, fit };
  const presses = { ...both, native: () => zoom.hold(gestures.mouse), ...own };
  const releases = { native: () => zoom.letGo(), ...ownReleases };
  const buttons = { ...both, native: zoom.native, retry: turns.retry, stop: turns.stop, ...ownButtons };

  /** What a key event asks for; undefined when the browser is to deal with it. */
  function press(event) {
    const dialog = document.querySelector("dialog[open]");
    if (dialog) {
      const reason = keys.on && dialog.querySelector(`[data-reason][data-key="${CSS.escape(nameOf(event))}"]`)?.dataset.reason;
      return reason ? () => turns.reject(reason, "key") : undefined;
    }
    const arrow = ARROWS[event.key];
    if (arrow && (zoom.held || event.shiftKey)) return () => zoom.pan(PAN * arrow[0], PAN * arrow[1]);
    const action = keys.actionOf(event);
    return key(event, action) ?? (event.repeat && !["zoomIn", "zoomOut"].includes(action) ? undefined : presses[action]); // an answer is given once
  }

  document.addEventListener("keydown", (event) => {
    const action = press(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
  document.addEventListener("keyup", ({ key, code }) => releases[keys.actionOf({ key, code })]?.()); // whatever else is held
  addEventListener("blur", () => Object.values(releases).forEach((release) => release()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const { reason, action } = button?.dataset ?? {};
    if (click(event, button)) return;
    if (reason) turns.reject(reason, inputOf(event));
    else if (action) buttons[action]();
  });

  zoom.addEventListener("change", () => (element("zoom").textContent = zoom.words));
  const keep = element("keep");
  keep.checked = zoom.keep = recall(KEEP) === true;
  keep.addEventListener("change", () => remember(KEEP, (zoom.keep = keep.checked)));
}
