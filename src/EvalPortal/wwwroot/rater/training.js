// The training round: sends an answer, shows what the right one is and why until the rater goes on, and says how the try went.
import { recall, remember } from "./memory.js";
import { uuid7 } from "./outbox.js";
import { element, say } from "./page.js";

const keyOf = (link, rater) => `pixelpost-training ${link} ${rater}`;

export class Training {
  #outbox;
  #zoom;
  #key;
  #strip = element("training");
  #flaw = null; // { side, x, y } while it is pointed out
  #done = null; // goes on; null while nothing is told

  constructor(outbox, zoom, { link, rater }) {
    [this.#outbox, this.#zoom, this.#key] = [outbox, zoom, keyOf(link, rater)];
    zoom.addEventListener("moved", () => this.#place());
  }

  /** Deletes what this browser keeps of a rater's training. */
  static forget({ link, rater }) {
    remember(keyOf(link, rater), null);
  }

  /** An answer that was given before the page was opened anew, and has not been gone on from: { pair, vote, answerId }; or null. */
  get kept() {
    return recall(this.#key);
  }

  /** Sends an answer and shows what is to be learnt from it. Resolves when the rater goes on to the next pair. */
  async answer(pair, vote, answerId = uuid7()) {
    remember(this.#key, { pair, vote, answerId }); // sent again when the page is opened anew: it counts once
    const focus = document.activeElement;
    this.#show(["sending"], "");
    document.body.dataset.asking = "training";
    const told = await this.#outbox.ask(`training/${answerId}`, vote);
    if (told) await this.#tell(told);
    remember(this.#key, null);
    if (told?.result?.passed) await this.#passed(told.result);
    if (!told || told.result) {
      location.reload(); // the page knows which step comes next
      return new Promise(() => {});
    }
    this.#strip.hidden = true;
    delete document.body.dataset.asking;
    focus?.focus();
  }

  /** The rater has read what there was to read. */
  goOn() {
    this.#done?.();
  }

  async #tell({ correct, answer, explanation, flawType, flawSeverity, flaw }) {
    const words = ["told", correct ? "right" : "wrong", answer === "right" ? "right-image" : answer, flawSeverity, `flaw-${flawType}`];
    this.#show(words, explanation);
    this.#flaw = flaw;
    this.#place();
    this.#strip.querySelector("button").focus();
    await new Promise((resolve) => (this.#done = resolve));
    this.#done = this.#flaw = null;
    this.#place();
  }

  #passed({ correct, pairs }) {
    element("trained-text").textContent = say("Training_Passed", correct, pairs);
    element("trained").showModal();
    return new Promise((resolve) => element("trained").addEventListener("close", resolve, { once: true }));
  }

  #show(words, why) {
    for (const part of this.#strip.querySelectorAll("[data-show]")) part.hidden = !words.includes(part.dataset.show);
    element("training-why").textContent = why;
    this.#strip.hidden = false;
  }

  #place() {
    this.#zoom.pin(element("training-mark"), this.#flaw);
  }
}
