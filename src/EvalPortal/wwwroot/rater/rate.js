// The pair page: shows one pair after another, takes answers by click, button and key, and leaves the sending to the outbox.
import { Breaks } from "./breaks.js";
import { FlawStrip } from "./flaw.js";
import { Gestures } from "./gestures.js";
import { loadPair } from "./images.js";
import { keys, nameOf } from "./keys.js";
import { recall, remember } from "./memory.js";
import { Outbox } from "./outbox.js";
import { tellStatus } from "./status.js";
import { say } from "./texts.js";
import { Training } from "./training.js";
import { VisibleTime } from "./visible.js";
import { PairZoom } from "./zoom.js";

const GUARD = 400; // milliseconds after a pair appears in which an answer can only be meant for the one before
const AHEAD = 4; // pairs to have loaded before they are needed
const PAN = 40; // CSS pixels per press of an arrow
const ARROWS = { ArrowLeft: [-PAN, 0], ArrowRight: [PAN, 0], ArrowUp: [0, -PAN], ArrowDown: [0, PAN] };
const KEEP = "pixelpost-keep-zoom"; // where this browser remembers whether zoom stays for the next pair

const element = (id) => document.getElementById(id);
const page = element("rate");
const stacked = matchMedia("(max-aspect-ratio: 4/5)"); // as in rater.css
const [area, left, right, reasons, part, help, failed] = ["pair", "left", "right", "reasons", "part", "help", "failed"].map(element);

const outbox = await Outbox.open(page.dataset);
const zoom = new PairZoom(area, { left, right }, stacked);
const gestures = new Gestures(area, zoom, stacked);
const flaw = new FlawStrip(zoom);
const breaks = new Breaks(outbox, page.dataset);
const visible = new VisibleTime();
const training = page.dataset.training === undefined ? null : new Training(outbox, zoom, page.dataset); // null: the answers count
const queue = []; // pairs to come
const learnt = []; // training pairs that were answered here
let current = null; // the pair that is to be answered
let shown = null; // when it appeared and with which images; null until then
let between = false; // after an answer and before the next pair: the strip or the card for a break may be open
let elsewhere = 0; // answers that the portal has and this browser does not know
let total = 0;
let refilling = false;

// Which pair ------------------------------------------------------------------------------------------------------------

async function refill() {
  if (refilling || queue.length >= AHEAD) return;
  refilling = true;
  const allSent = outbox.waiting.length === 0;
  const answered = outbox.votes.length;
  const turn = await outbox.ask(training ? "training" : "next");
  const known = [current, ...queue, ...outbox.votes.map(({ pair }) => pair), ...learnt].map((pair) => pair?.assignmentId);
  const fresh = turn.pairs.filter(({ assignmentId }) => !known.includes(assignmentId));
  queue.push(...fresh.map((pair) => ({ ...pair, images: loadPair(pair) })));
  total = turn.total;
  if (allSent && answered === outbox.votes.length) elsewhere = turn.answered - answered;
  refilling = false;

  if (current || between) showProgress();
  else if (queue.length > 0) show(queue.shift());
  else if (allSent) await end(turn);
  else outbox.drained().then(refill);
}

async function end(turn) {
  if (turn.pairs.length === 0) return location.reload(); // the page says why there is nothing left
  // The portal asks for what it has received: it has lost it.
  await outbox.reconcile((await outbox.ask("receipt")).voteIds);
  await outbox.drained();
  await refill();
}

// The pair on the screen ------------------------------------------------------------------------------------------------

async function show(pair) {
  const newQuestion = pair.question !== element("question").textContent && element("question").textContent !== "";
  clear();
  current = pair;
  element("question").textContent = pair.question;
  element("prompt").textContent = pair.prompt ? `“${pair.prompt}”` : "";
  showProgress();
  if (newQuestion) await announce(pair.question);
  const images = await pair.images.catch(() => null);
  if (current !== pair) return; // another was put on the screen meanwhile
  if (images) zoom.show(images.left.image, images.right.image);
  failed.hidden = images !== null;
  requestAnimationFrame(() => {
    if (current !== pair) return;
    shown = { at: performance.now(), wall: Date.now(), images };
    visible.start(shown.at);
    page.ariaBusy = String(images === null); // from here on it takes answers
    if (images && pair.kept) learn(pair.kept);
  });
}

function clear() {
  current = null;
  shown = null;
  page.ariaBusy = "true";
  failed.hidden = true;
  zoom.clear();
}

/** Whoever has answered one question fifty times reads the next one only when asked to. */
function announce(question) {
  element("part-question").textContent = question;
  part.showModal();
  return new Promise((resolve) => part.addEventListener("close", resolve, { once: true }));
}

function showProgress() {
  const answered = elsewhere + outbox.votes.length;
  const last = outbox.votes.at(-1);
  element("progress").textContent = total === null ? say("Progress_Answered", answered) : total > 0 ? say("Progress_Of", Math.min(answered + 1, total), total) : "";
  element("bar").hidden = total === null; // too many left to count
  element("bar").max = Math.max(total, 1);
  element("bar").value = answered;
  element("undo").hidden = !last;
  element("last").textContent = last ? wordFor(last.vote.choice) : "";
}

const BESIDE = { left: "Choice_Left", tie: "Choice_Tie", right: "Choice_Right", reject: "Choice_Reject" };
const STACKED = { ...BESIDE, left: "Choice_Upper", right: "Choice_Lower" };
const wordFor = (choice) => say((stacked.matches ? STACKED : BESIDE)[choice]);

// Answers ---------------------------------------------------------------------------------------------------------------

async function answer(choice, input, reason = null) {
  const votedAt = performance.now();
  if (!shown || votedAt - shown.at < GUARD || (!shown.images && reason !== "not_loaded")) return;
  const { images, ...pair } = current;
  // One reading of the clock and differences from it: a clock that is set meanwhile cannot turn the times round.
  const time = (moment) => (moment === undefined ? null : new Date(shown.wall + moment - shown.at).toISOString());
  const vote = {
    assignmentId: pair.assignmentId,
    supersedes: outbox.lastVoteOn(pair.assignmentId) ?? pair.supersedes ?? null,
    choice,
    reason,
    responseMs: Math.round(votedAt - shown.at),
    visibleMs: Math.round(visible.at(votedAt)),
    shownAt: time(shown.at),
    decodedLeftAt: time(shown.images?.left.decodedAt),
    decodedRightAt: time(shown.images?.right.decodedAt),
    votedAt: time(votedAt),
    ...(shown.images ? zoom.seen : {}),
    input,
    viewportW: innerWidth,
    viewportH: innerHeight,
    dpr: devicePixelRatio,
    appVersion: page.dataset.version,
  };
  if (training) return learn({ pair, vote });
  outbox.vote(vote, pair);
  breaks.answered();
  current = shown = null;
  between = true;
  refill();
  await afterwards(pair, choice, outbox.votes.at(-1).voteId);
  next();
}

/** An answer in training: the next pair comes when the rater has seen what is to be learnt from it. */
async function learn({ pair, vote, answerId }) {
  current = shown = null;
  between = true;
  page.ariaBusy = "true";
  learnt.push(pair);
  await training.answer(pair, vote, answerId);
  elsewhere++;
  clear();
  refill();
  next();
}

function next() {
  between = false;
  if (queue.length > 0) show(queue.shift());
  else refill();
}

/** What may come between an answer and the next pair. */
async function afterwards(pair, choice, voteId) {
  page.ariaBusy = "true";
  showProgress();
  if (pair.flawStrip && choice !== "reject") {
    const told = await flaw.ask();
    if (told) outbox.flaw(voteId, told);
  }
  clear();
  const answered = elsewhere + outbox.votes.length;
  await breaks.pause(total === null ? say("Break_Answered", answered) : say("Break_AnsweredOf", answered, total));
}

function undo() {
  const last = outbox.votes.at(-1);
  if (!last) return;
  outbox.retract(last.voteId);
  if (current) queue.unshift(current);
  queue.unshift({ ...last.pair, images: loadPair(last.pair) });
  if (between) flaw.close();
  else show(queue.shift());
}

function openReasons() {
  if (shown?.images && !training) reasons.showModal();
}

function reject(reason, input) {
  reasons.close();
  answer("reject", input, reason);
}

function retry() {
  show({ ...current, images: loadPair(current) });
}

// Clicks and keys -------------------------------------------------------------------------------------------------------

/** What keys do when they are pressed. */
const presses = {
  left: () => answer("left", "key"),
  tie: () => answer("tie", "key"),
  right: () => answer("right", "key"),
  reject: openReasons,
  undo,
  flicker: () => zoom.flicker(gestures.mouse?.side ?? "left"),
  native: () => zoom.hold(gestures.mouse),
  zoomIn: zoom.zoomIn,
  zoomOut: zoom.zoomOut,
  fit: () => zoom.fit(),
  help: () => help.showModal(),
};

/** What they do when they are let go. */
const releases = { flicker: () => zoom.putBack(), native: () => zoom.letGo() };

/** What buttons do that have no choice and no reason. */
const buttons = {
  undo,
  retry,
  reject: openReasons,
  help: presses.help,
  zoomIn: zoom.zoomIn,
  zoomOut: zoom.zoomOut,
  fit: presses.fit,
  native: zoom.native,
  flicker: () => (zoom.place ? zoom.putBack() : zoom.flicker("left")),
  passOver: () => flaw.close(),
  stop: () => breaks.stop(),
  goOn: () => training.goOn(),
};

/** Whether Enter presses a button while the strip is open. On an image it goes on; the space bar points at the flaw there. */
const onButton = () => document.activeElement?.closest("button:not(.side), input");

/** What a key event asks for; undefined when the browser is to deal with it. */
function press(event) {
  const dialog = document.querySelector("dialog[open]");
  if (dialog) {
    const reason = keys.on && dialog.querySelector(`[data-reason][data-key="${CSS.escape(nameOf(event))}"]`)?.dataset.reason;
    return reason ? () => reject(reason, "key") : undefined;
  }
  if (ARROWS[event.key] && (zoom.held || event.shiftKey)) return () => zoom.pan(...ARROWS[event.key]);
  if (flaw.open && flaw.key(event)) return () => {};
  const action = keys.actionOf(event);
  if (event.repeat && !["zoomIn", "zoomOut"].includes(action)) return undefined; // an answer is given once
  const passes = ["left", "tie", "right"].includes(action) || event.key === "Escape" || (event.key === "Enter" && !onButton());
  return flaw.open && passes ? () => flaw.close() : presses[action];
}

document.addEventListener("keydown", (event) => {
  const action = press(event);
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("keyup", ({ key, code }) => releases[keys.actionOf({ key, code })]?.()); // whatever else is held
addEventListener("blur", () => Object.values(releases).forEach((release) => release()));
addEventListener("pagehide", () => flaw.close());

/** What a click was made with: Enter and the space bar click too. */
const inputOf = (event) => (event.pointerType === "touch" ? "touch" : event.detail === 0 ? "key" : "pointer");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const { choice, reason, action, type, severity } = button?.dataset ?? {};
  if (type || severity) flaw.choose({ type, severity }, event.detail === 0);
  else if (flaw.open && button?.matches(".side")) flaw.point(event.detail > 0 ? event : null, button.id);
  else if (flaw.open && choice) flaw.close();
  else if (zoom.place && zoom.place === button?.id) zoom.putBack(); // which of the two was meant?
  else if (choice) answer(choice, inputOf(event));
  else if (reason) reject(reason, inputOf(event));
  else if (action) buttons[action]();
});

// Zoom ------------------------------------------------------------------------------------------------------------------

zoom.addEventListener("change", () => {
  element("zoom").textContent = zoom.words;
  element("flicker").ariaPressed = String(zoom.place !== null);
});

const keep = element("keep");
keep.checked = zoom.keep = recall(KEEP) === true;
keep.addEventListener("change", () => remember(KEEP, (zoom.keep = keep.checked)));

tellStatus(outbox, element("status"), element("problem"));
const kept = training?.kept;
if (kept) show({ ...kept.pair, images: loadPair(kept.pair), kept });
else await refill();
