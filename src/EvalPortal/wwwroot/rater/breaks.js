// After 20 minutes or 100 pairs a card suggests a break. What was done since the last one is kept in this browser, so that a page
// that is opened anew does not begin to count again.
import { recall, remember } from "./memory.js";
import { element, say } from "./page.js";

const MINUTES = 20;
const PAIRS = 100;
const PAUSE = 5; // minutes without an answer that were a break

const minutes = (milliseconds) => milliseconds / 60_000;

export class Breaks {
  #outbox;
  #key;
  #since = null; // { from, last, pairs }: times of the first and the last answer, and how many there were

  constructor(outbox, { link, rater }) {
    this.#outbox = outbox;
    this.#key = `pixelpost-break ${link} ${rater}`;
    this.#since = recall(this.#key);
  }

  /** Counts an answer. */
  answered(now = Date.now()) {
    const goesOn = this.#since && minutes(now - this.#since.last) < PAUSE && now >= this.#since.last;
    this.#since = { from: goesOn ? this.#since.from : now, last: now, pairs: (goesOn ? this.#since.pairs : 0) + 1 };
    this.#keep();
  }

  /** Shows the card when it is time, and resolves when the rater goes on. */
  async pause(progress) {
    if (!this.#since || (this.#since.pairs < PAIRS && minutes(this.#since.last - this.#since.from) < MINUTES)) return;
    const card = element("break");
    element("break-progress").textContent = progress;
    this.#show("due");
    const tell = () => (element("break-saved").textContent = this.#words());
    this.#outbox.addEventListener("change", tell);
    tell();
    card.showModal();
    await new Promise((resolve) => card.addEventListener("close", resolve, { once: true }));
    this.#outbox.removeEventListener("change", tell);
    this.#since = null;
    this.#keep();
  }

  /** The rater has had enough for today. */
  stop = () => this.#show("stopped");

  #show(state) {
    for (const part of element("break").querySelectorAll("[data-break]")) part.hidden = part.dataset.break !== state;
    element("break-title").textContent = say(state === "due" ? "Break_Due" : "Break_Stopped");
  }

  #words() {
    if (this.#outbox.waiting.length === 0) return say("Break_Saved");
    return say(this.#outbox.written ? "Break_Kept" : "Break_Saving");
  }

  #keep() {
    remember(this.#key, this.#since);
  }
}
