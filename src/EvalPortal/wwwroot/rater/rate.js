// The pair page: shows one pair after another, takes answers by click, button and key, and leaves the sending to the outbox.
import { loadPair } from "./images.js";
import { Outbox } from "./outbox.js";
import { tellStatus } from "./status.js";

const GUARD = 400; // milliseconds after a pair appears in which an answer can only be meant for the one before
const AHEAD = 4; // pairs to have loaded before they are needed

const element = (id) => document.getElementById(id);
const page = element("rate");
const stacked = matchMedia("(max-aspect-ratio: 4/5)"); // as in rater.css
const [left, right, reasons, part, help, failed] = ["left", "right", "reasons", "part", "help", "failed"].map(element);

const outbox = await Outbox.open(page.dataset);
const queue = []; // pairs to come
let current = null; // the pair on the screen
let shown = null; // when it appeared and with which images; null until then
let elsewhere = 0; // answers that the portal has and this browser does not know
let total = 0;
let refilling = false;

// Which pair ------------------------------------------------------------------------------------------------------------

async function refill() {
  if (refilling || queue.length >= AHEAD) return;
  refilling = true;
  const allSent = outbox.waiting.length === 0;
  const answered = outbox.votes.length;
  const turn = await outbox.ask("next");
  const known = [current, ...queue, ...outbox.votes.map(({ pair }) => pair)].map((pair) => pair?.assignmentId);
  const fresh = turn.pairs.filter(({ assignmentId }) => !known.includes(assignmentId));
  queue.push(...fresh.map((pair) => ({ ...pair, images: loadPair(pair) })));
  total = turn.total;
  if (allSent && answered === outbox.votes.length) elsewhere = turn.answered - answered;
  refilling = false;

  if (current) showProgress();
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
  if (images) {
    left.replaceChildren(images.left.image);
    right.replaceChildren(images.right.image);
    page.ariaBusy = "false";
  }
  failed.hidden = images !== null;
  requestAnimationFrame(() => (shown = { at: performance.now(), wall: Date.now(), images }));
}

function clear() {
  current = null;
  shown = null;
  page.ariaBusy = "true";
  failed.hidden = true;
  left.replaceChildren();
  right.replaceChildren();
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
  element("progress").textContent = total === null ? `${answered} answered` : total > 0 ? `${Math.min(answered + 1, total)} of ${total}` : "";
  element("bar").hidden = total === null; // too many left to count
  element("bar").max = Math.max(total, 1);
  element("bar").value = answered;
  element("undo").hidden = !last;
  element("last").textContent = last ? wordFor(last.vote.choice) : "";
}

const wordFor = (choice) => (stacked.matches ? { left: "upper", right: "lower" }[choice] : null) ?? choice;

// Answers ---------------------------------------------------------------------------------------------------------------

function answer(choice, input, reason = null) {
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
    shownAt: time(shown.at),
    decodedLeftAt: time(shown.images?.left.decodedAt),
    decodedRightAt: time(shown.images?.right.decodedAt),
    votedAt: time(votedAt),
    input,
    viewportW: innerWidth,
    viewportH: innerHeight,
    dpr: devicePixelRatio,
    appVersion: page.dataset.version,
  };
  outbox.vote(vote, pair);
  clear();
  if (queue.length > 0) show(queue.shift());
  refill();
}

function undo() {
  const last = outbox.votes.at(-1);
  if (!last) return;
  outbox.retract(last.voteId);
  if (current) queue.unshift(current);
  show({ ...last.pair, images: loadPair(last.pair) });
}

function openReasons() {
  if (shown?.images) reasons.showModal();
}

function reject(reason, input) {
  reasons.close();
  answer("reject", input, reason);
}

function retry() {
  show({ ...current, images: loadPair(current) });
}

// Clicks and keys -------------------------------------------------------------------------------------------------------

const keys = {
  ArrowLeft: () => answer("left", "key"),
  1: () => answer("left", "key"),
  ArrowDown: () => answer("tie", "key"),
  2: () => answer("tie", "key"),
  ArrowRight: () => answer("right", "key"),
  3: () => answer("right", "key"),
  r: openReasons,
  u: undo,
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  const dialog = document.querySelector("dialog[open]");
  const reason = dialog?.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.dataset.reason;
  const action = reason ? () => reject(reason, "key") : dialog ? null : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

/** What a click was made with: Enter and the space bar click too. */
const inputOf = (event) => (event.pointerType === "touch" ? "touch" : event.detail === 0 ? "key" : "pointer");

document.addEventListener("click", (event) => {
  const { choice, reason, action } = event.target.closest("button")?.dataset ?? {};
  if (choice) answer(choice, inputOf(event));
  else if (reason) reject(reason, inputOf(event));
  else if (action) ({ undo, retry, reject: openReasons, help: () => help.showModal() })[action]();
});

tellStatus(outbox, element("status"), element("problem"));
await refill();
