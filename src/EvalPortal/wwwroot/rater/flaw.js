// The strip after a vote, "Where was the worst flaw?": type, how bad, and where on the image. The pair stays while it is open. It
// is a question that may be passed over: the next action goes on, and so does a rater who does nothing.
import { ARROWS, keys, nameOf } from "./keys.js";
import { element, say } from "./page.js";

const PATIENCE = 2_000; // milliseconds without any input
const NUDGE = 0.02;

export class FlawStrip {
  #zoom;
  #strip = element("flaw");
  #mark = element("flaw-mark");
  #focus = null; // what had the focus before
  #done = null; // goes on; null while the strip is closed
  #flaw = null;
  #byKey = false; // the mark was set by key, and moves by arrows
  #timer;

  constructor(zoom) {
    this.#zoom = zoom;
    zoom.addEventListener("moved", () => this.#place());
    for (const input of ["pointermove", "pointerdown", "wheel", "keydown", "focusin"])
      addEventListener(input, () => this.#wait(), { passive: true });
  }

  get open() {
    return this.#done !== null;
  }

  /** Asks. Resolves to what was told, or to null, when the rater goes on. */
  ask() {
    [this.#flaw, this.#byKey, this.#focus] = [{}, false, document.activeElement];
    this.#step("type");
    this.#strip.hidden = false;
    document.body.dataset.asking = "flaw";
    const told = new Promise((resolve) => (this.#done = resolve));
    this.#wait();
    return told;
  }

  /** Goes on with what was told. */
  close() {
    if (!this.open) return;
    clearTimeout(this.#timer);
    const [done, flaw] = [this.#done, this.#flaw];
    this.#done = null;
    this.#strip.hidden = true;
    delete document.body.dataset.asking;
    const focus = document.activeElement;
    if (!focus || focus === document.body || this.#strip.contains(focus)) this.#focus?.focus();
    this.#place();
    done(this.#given ? flaw : null);
  }

  /** A click on the screen, or by key on a side: the flaw is there. False where there is no image. */
  point(place, side) {
    const point = place ? this.#zoom.pointAt(place) : this.#zoom.middleOf(side);
    if (!point) return false;
    this.#byKey = !place;
    this.#set(point);
    return true;
  }

  /** Takes a key that is meant for the strip; false when it is not. */
  key(event) {
    const step = ARROWS[event.key];
    if (step && this.#byKey) {
      const { x, y, side } = this.#flaw;
      const moved = (value, by) => Math.min(Math.max(value + by * NUDGE, 0), 1);
      this.#set({ side, x: moved(x, step[0]), y: moved(y, step[1]) });
      return true;
    }
    if (event.repeat || !keys.on) return false;
    const button = this.#strip.querySelector(`[data-step="${this.#strip.dataset.asks}"] [data-key="${CSS.escape(nameOf(event))}"]`);
    if (button) this.choose(button.dataset);
    return Boolean(button);
  }

  /** Takes a type, or how bad it is, which ends the strip. Whoever presses buttons by key goes on with the focus in it. */
  choose({ type, severity }, byButtonKey = false) {
    if (type) {
      this.#flaw.type = type;
      this.#step("severity");
      if (byButtonKey) this.#strip.querySelector("[data-severity]").focus();
    } else {
      this.#flaw.severity = severity;
      this.close();
    }
  }

  get #given() {
    return Boolean(this.#flaw.type || this.#flaw.side);
  }

  #set(point) {
    Object.assign(this.#flaw, point);
    this.#place();
    this.#wait();
  }

  #step(name) {
    this.#strip.dataset.asks = name;
    element("flaw-question").textContent = say(name === "type" ? "Flaw_Where" : "Flaw_HowBad");
    for (const step of this.#strip.querySelectorAll("[data-step]")) step.hidden = step.dataset.step !== name;
  }

  #place() {
    this.#zoom.pin(this.#mark, this.open && this.#flaw.side ? this.#flaw : null);
  }

  /** Whoever has begun to answer is not hurried. */
  #wait() {
    if (!this.open) return;
    clearTimeout(this.#timer);
    if (!this.#given) this.#timer = setTimeout(() => this.close(), PATIENCE);
  }
}
