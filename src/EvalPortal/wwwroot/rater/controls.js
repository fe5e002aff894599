// What every form has around what is judged: keys and buttons of zoom, help, undo and reject, and which zoom is kept.
import { keys, nameOf } from "./keys.js";
import { recall, remember } from "./memory.js";

const PAN = 40; // CSS pixels per press of an arrow
const ARROWS = { ArrowLeft: [-PAN, 0], ArrowRight: [PAN, 0], ArrowUp: [0, -PAN], ArrowDown: [0, PAN] };
const KEEP = "pixelpost-keep-zoom"; // where this browser remembers whether zoom stays for the next images

const element = (id) => document.getElementById(id);

/** What a click was made with: Enter and the space bar click too. */
export const inputOf = (event) => (event.pointerType === "touch" ? "touch" : event.detail === 0 ? "key" : "pointer");

/**
 * Listens to keys and clicks. A form gives what its keys do (presses), what they do when they are let go (releases), what its
 * buttons do (buttons, by data-action), and, before all that, key and click: what it takes for itself.
 */
export function listen(turns, zoom, gestures, { presses: own, releases: ownReleases = {}, buttons: ownButtons = {}, key, click }) {
  const help = () => element("help").showModal();
  const presses = {
    reject: turns.openReasons,
    undo: turns.undo,
    native: () => zoom.hold(gestures.mouse),
    zoomIn: zoom.zoomIn,
    zoomOut: zoom.zoomOut,
    fit: () => zoom.fit(),
    help,
    ...own,
  };
  const releases = { native: () => zoom.letGo(), ...ownReleases };
  const buttons = {
    undo: turns.undo,
    retry: turns.retry,
    reject: turns.openReasons,
    help,
    zoomIn: zoom.zoomIn,
    zoomOut: zoom.zoomOut,
    fit: presses.fit,
    native: zoom.native,
    stop: turns.stop,
    ...ownButtons,
  };

  /** What a key event asks for; undefined when the browser is to deal with it. */
  function press(event) {
    const dialog = document.querySelector("dialog[open]");
    if (dialog) {
      const reason = keys.on && dialog.querySelector(`[data-reason][data-key="${CSS.escape(nameOf(event))}"]`)?.dataset.reason;
      return reason ? () => turns.reject(reason, "key") : undefined;
    }
    if (ARROWS[event.key] && (zoom.held || event.shiftKey)) return () => zoom.pan(...ARROWS[event.key]);
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
