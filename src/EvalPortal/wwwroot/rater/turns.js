// One thing to judge after another: fetches them, has their images loaded ahead, notes when they were shown, and takes answers, which
// the outbox sends. What is on the screen and what an answer is, is the form's: rate.js for pairs, alignment.js for one image.
import { Breaks } from "./breaks.js";
import { Outbox } from "./outbox.js";
import { timeLeft } from "./pace.js";
import { element, say } from "./page.js";
import { tellStatus } from "./status.js";
import { VisibleTime } from "./visible.js";

const GUARD = 400; // milliseconds after something appears in which an answer can only be meant for the one before
const AHEAD = 4; // to have loaded before they are needed

export class Turns {
  #page = element("rate");
  #form; // load, show, clear, decoded, seen and wordFor; perhaps tell, training, afterwards and goOn
  #outbox;
  #breaks;
  #visible = new VisibleTime();
  #queue = []; // to come
  #current = null; // what is to be answered
  #shown = null; // when it appeared and with which images; null until then
  #between = false; // after an answer and before the next item: the strip or the card for a break may be open
  #elsewhere = 0; // answers that the portal has and this browser does not know
  #total = 0;
  #refilling = false;
  #training = null; // takes the answers in their place where they do not count
  #learnt = []; // what was answered there
  #confirming; // a timer, while an answer is marked

  /** Begins to show what the portal hands out. */
  static async begin(form) {
    const turns = new Turns();
    turns.#form = form;
    turns.#outbox = await Outbox.open(turns.#page.dataset);
    turns.#breaks = new Breaks(turns.#outbox, turns.#page.dataset);
    turns.#training = form.training?.(turns.#outbox, turns.#page.dataset) ?? null;
    tellStatus(turns.#outbox, element("status"), element("problem"));
    return turns;
  }

  /** What is to be answered, once its images can be seen; otherwise null. */
  get open() {
    return this.#shown?.images ? this.#current : null;
  }

  /** Milliseconds since it appeared. */
  get elapsed() {
    return Math.round(performance.now() - this.#shown.at);
  }

  /** Whether an answer would be taken now. */
  get ready() {
    return this.#shown !== null && this.elapsed >= GUARD;
  }

  /** Answers of the rater that stand. */
  get #answered() {
    return this.#elsewhere + this.#outbox.votes.length;
  }

  /** Shows the first item. */
  async start() {
    const kept = this.#training?.kept;
    if (kept) await this.#show({ ...this.#load(kept.pair), kept });
    else await this.refill();
  }

  // Which item ----------------------------------------------------------------

  async refill() {
    if (this.#refilling || this.#queue.length >= AHEAD) return;
    this.#refilling = true;
    const allSent = this.#outbox.waiting.length === 0;
    const answered = this.#outbox.votes.length;
    const turn = await this.#outbox.ask(this.#training ? "training" : "next");
    const known = [this.#current, ...this.#queue, ...this.#outbox.votes.map(({ pair }) => pair), ...this.#learnt].map((item) => item?.assignmentId);
    const fresh = turn.pairs.filter(({ assignmentId }) => !known.includes(assignmentId));
    this.#queue.push(...fresh.map((item) => this.#load(item)));
    this.#total = turn.total;
    if (allSent && answered === this.#outbox.votes.length) this.#elsewhere = turn.answered - answered;
    this.#refilling = false;

    if (this.#current || this.#between) this.#showProgress();
    else if (this.#queue.length > 0) this.#show(this.#queue.shift());
    else if (allSent) await this.#end(turn);
    else this.#outbox.drained().then(() => this.refill());
  }

  #load = (item) => ({ ...item, loading: this.#form.load(item) });

  async #end(turn) {
    if (turn.pairs.length === 0) return turn.end ? location.assign(turn.end) : location.reload(); // the page says why
    // The portal asks for what it has received: it has lost it.
    await this.#outbox.reconcile((await this.#outbox.ask("receipt")).voteIds);
    await this.#outbox.drained();
    await this.refill();
  }

  // On the screen ----------------------------------------------------------------

  async #show(item) {
    const question = element("question");
    const isNew = !["", item.question].includes(question.textContent);
    this.#clear();
    this.#current = item;
    question.textContent = item.question;
    element("prompt").textContent = item.prompt ? `“${item.prompt}”` : "";
    this.#showProgress();
    if (isNew) await announce(item.question);
    const images = await item.loading.catch(() => null);
    if (this.#current !== item) return; // another was put on the screen meanwhile
    if (images) this.#form.show(images, item);
    element("failed").hidden = images !== null;
    requestAnimationFrame(() => {
      if (this.#current !== item) return;
      this.#shown = { at: performance.now(), wall: Date.now(), images };
      this.#visible.start(this.#shown.at);
      this.#page.ariaBusy = String(images === null); // from here on it takes answers
      if (images && item.kept) this.#learn(item.kept);
    });
  }

  #clear() {
    this.#current = null;
    this.#shown = null;
    this.#page.ariaBusy = "true";
    element("failed").hidden = true;
    this.#form.clear();
  }

  #showProgress() {
    const [answered, total, votes] = [this.#answered, this.#total, this.#outbox.votes];
    const last = votes.at(-1);
    element("progress").textContent = total === null ? say("Progress_Answered", answered) : total > 0 ? say("Progress_Of", Math.min(answered + 1, total), total) : "";
    Object.assign(element("bar"), { hidden: total === null, max: Math.max(total, 1), value: answered }); // null: too many left to count
    element("time-left").textContent = total === null ? "" : timeLeft(votes, total - answered);
    element("undo").hidden = !last;
    element("last").textContent = last ? this.#form.wordFor(last.vote) : "";
  }

  // Answers ----------------------------------------------------------------

  /** Takes an answer: a choice, the reason of a reject, what it was made with, and what the form adds. */
  async answer({ choice, reason = null, input, ...contents }) {
    const votedAt = performance.now();
    if (!this.ready || (!this.#shown.images && reason !== "not_loaded")) return;
    const { loading, before, kept, ...item } = this.#current;
    const shown = this.#shown;
    // One reading of the clock and differences from it: a clock that is set meanwhile cannot turn the times round.
    const time = (moment) => (moment === undefined ? null : new Date(shown.wall + moment - shown.at).toISOString());
    const vote = {
      assignmentId: item.assignmentId,
      supersedes: this.#outbox.lastVoteOn(item.assignmentId) ?? item.supersedes ?? null,
      choice,
      reason,
      ...contents,
      responseMs: Math.round(votedAt - shown.at),
      visibleMs: Math.round(this.#visible.at(votedAt)),
      shownAt: time(shown.at),
      ...this.#form.decoded(shown.images, time),
      votedAt: time(votedAt),
      ...(shown.images ? this.#form.seen() : {}),
      input,
      viewportW: innerWidth,
      viewportH: innerHeight,
      dpr: devicePixelRatio,
      appVersion: this.#page.dataset.version,
    };
    this.#confirm(vote);
    if (this.#training) return this.#learn({ pair: item, vote });
    this.#outbox.vote(vote, item);
    this.#breaks.answered();
    this.#leave();
    this.refill();
    await this.#afterwards(item, choice, this.#outbox.votes.at(-1).voteId);
    this.#next();
  }

  /** Marks what was answered. The next item does not wait for it: the mark is over before the guard is. */
  #confirm(vote) {
    this.#page.dataset.chosen = vote.choice;
    clearTimeout(this.#confirming);
    this.#confirming = setTimeout(() => delete this.#page.dataset.chosen, GUARD);
    this.#form.tell?.(say("Answer_Given", this.#answered + 1, this.#form.wordFor(vote)));
  }

  /** An answer in training: the next item comes when the rater has seen what is to be learnt from it. */
  async #learn({ pair, vote, answerId }) {
    this.#leave();
    this.#learnt.push(pair);
    await this.#training.answer(pair, vote, answerId);
    this.#elsewhere++;
    this.#clear();
    this.refill();
    this.#next();
  }

  /** No more answers to what is on the screen. */
  #leave() {
    this.#current = this.#shown = null;
    this.#between = true;
    this.#page.ariaBusy = "true";
  }

  #next() {
    this.#between = false;
    if (this.#queue.length > 0) this.#show(this.#queue.shift());
    else this.refill();
  }

  /** What may come between an answer and the next item. */
  async #afterwards(item, choice, voteId) {
    this.#showProgress();
    const told = await this.#form.afterwards?.(item, choice);
    if (told) this.#outbox.flaw(voteId, told);
    this.#clear();
    await this.#breaks.pause(say(this.#total === null ? "Break_Answered" : "Break_AnsweredOf", this.#answered, this.#total));
  }

  undo = () => {
    const last = this.#outbox.votes.at(-1);
    if (!last) return;
    this.#outbox.retract(last.voteId);
    delete this.#page.dataset.chosen;
    this.#form.tell?.("");
    if (this.#current) this.#queue.unshift(this.#current);
    this.#queue.unshift({ ...this.#load(last.pair), before: last.vote });
    if (this.#between) this.#form.goOn?.();
    else this.#show(this.#queue.shift());
  };

  retry = () => this.#show(this.#load(this.#current));

  /** Goes on without what cannot be judged. */
  reject(reason, input) {
    element("reasons").close();
    this.answer({ choice: "reject", input, reason });
  }

  openReasons = () => {
    if (this.open && !this.#training) element("reasons").showModal();
  };

  /** The rater has seen what there was to learn. */
  goOn = () => this.#training.goOn();

  /** The rater has had enough for today. */
  stop = () => this.#breaks.stop();
}

/** Whoever has answered one question fifty times reads the next one only when asked to. */
function announce(question) {
  element("part-question").textContent = question;
  element("part").showModal();
  return new Promise((resolve) => element("part").addEventListener("close", resolve, { once: true }));
}
