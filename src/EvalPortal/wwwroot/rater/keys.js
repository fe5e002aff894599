// The rater's keys: what each does, changed or switched off as they like (WCAG 2.2, SC 2.1.4), and kept in this browser.
import { recall, remember } from "./memory.js";

const COMMON = { reject: ["r"], undo: ["u"], native: ["z"], zoomIn: ["+", "="], zoomOut: ["-"], fit: ["0"], help: ["?"] };

const FORMS = {
  pairs: { left: ["ArrowLeft", "1"], tie: ["ArrowDown", "2"], right: ["ArrowRight", "3"], flicker: ["f"], ...COMMON },
  alignment: { yes: ["y", "1"], no: ["n", "2"], cannot_tell: ["c", "3"], following: ["ArrowDown"], preceding: ["ArrowUp"], ...COMMON },
  preference: { flaw: ["f"], look: ["l"], following: ["ArrowRight"], preceding: ["ArrowLeft"], ...COMMON },
};

const FORM = document.querySelector("[data-form]").dataset.form;
const STORE = `pixelpost-keys-${FORM}`;

/** What keys do, and the ones that do it unless the rater has chosen another. */
const STANDARD = FORMS[FORM];

// These move the focus, press what has it, or do nothing on their own.
const TAKEN = ["Tab", "Enter", " ", "Escape", "Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process", "Unidentified"];

/** Where arrows lead, to the right and down. */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const TEXTS = { ArrowLeft: "←", ArrowUp: "↑", ArrowRight: "→", ArrowDown: "↓", "-": "−" };

class Keys extends EventTarget {
  #chosen = {}; // by action, where it is not the standard
  #off = false;

  constructor() {
    super();
    this.#read();
    addEventListener("storage", ({ key }) => key === STORE && this.#read()); // changed in another tab
  }

  get on() {
    return !this.#off;
  }

  set on(value) {
    this.#off = !value;
    this.#keep();
  }

  /** The keys of an action; none where another action has taken them. */
  of(action) {
    return this.#chosen[action] ?? STANDARD[action];
  }

  /** What a key event asks for; undefined when it asks for nothing. */
  actionOf(event) {
    if (this.#off || event.ctrlKey || event.altKey || event.metaKey) return undefined;
    const name = nameOf(event);
    return Object.keys(STANDARD).find((action) => this.of(action).includes(name));
  }

  /** Whether a key can be given to an action. */
  isFree = ({ key, ctrlKey, altKey, metaKey }) => !ctrlKey && !altKey && !metaKey && !TAKEN.includes(key);

  /** Gives an action one key. Returns the action that had it before, if there is one. */
  change(action, event) {
    const name = nameOf(event);
    const before = Object.keys(STANDARD).find((other) => other !== action && this.of(other).includes(name));
    if (before) this.#chosen[before] = this.of(before).filter((other) => other !== name);
    this.#chosen[action] = [name];
    this.#keep();
    return before;
  }

  reset() {
    this.#chosen = {};
    this.#off = false;
    this.#keep();
  }

  #read() {
    const { off, chosen } = recall(STORE) ?? {};
    this.#off = off === true;
    this.#chosen = Object.fromEntries(
      Object.entries(chosen ?? {}).filter(([action, names]) => STANDARD[action] && Array.isArray(names) && names.every((name) => typeof name === "string")),
    );
    this.dispatchEvent(new Event("change"));
  }

  #keep() {
    remember(STORE, { off: this.#off, chosen: this.#chosen });
    this.dispatchEvent(new Event("change"));
  }
}

/** A letter is the same key with and without caps lock. Where the keyboard has letters or digits of another script, the place of the key counts. */
export function nameOf({ key, code }) {
  if (key.length > 1) return key;
  const foreign = /[\p{L}\p{Nd}]/u.test(key) && !/[\p{Script=Latin}0-9]/u.test(key);
  const place = foreign && /^(?:Key|Digit)(.)$/.exec(code)?.[1];
  return (place || key).toLowerCase();
}

export const keys = new Keys();

/** How a key is written. */
export const textOf = (name) => TEXTS[name] ?? (name.length === 1 ? name.toUpperCase() : name);
