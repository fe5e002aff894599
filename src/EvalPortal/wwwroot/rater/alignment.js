// The text-alignment page: one image and questions about it. A question is asked only where all that it follows from was answered
// yes; the sheet is sent when everything that is asked has an answer.
import { inputOf, listen } from "./controls.js";
import { Gestures } from "./gestures.js";
import { loadImages } from "./images.js";
import { keys, textOf } from "./keys.js";
import { element, say } from "./page.js";
import { Turns } from "./turns.js";
import { PairZoom } from "./zoom.js";

const stacked = matchMedia("(max-aspect-ratio: 4/5)"); // as in rater.css
const zoom = new PairZoom(element("pair"), { left: element("left") }, stacked);
const gestures = new Gestures(element("pair"), zoom, stacked);
const [list, next] = [element("questions"), element("next")];
let rows = []; // { question, element, answer, ms }
let active = null; // the row that keys answer

const turns = await Turns.begin({
  load: ({ images }) => loadImages(images),
  show([{ image }], { questions, before }) {
    image.alt = say("Alignment_Image");
    zoom.show(image);
    rows = questions.map((question, i) => row(question, i, before?.answers?.find(({ questionId }) => questionId === question.id)));
    list.replaceChildren(...rows.map(({ element }) => element));
    list.scrollTop = 0;
    write();
    activate(rows.find(isOpen) ?? rows[0]);
  },
  clear() {
    zoom.clear();
    rows = [];
    active = null;
    list.replaceChildren();
    write();
  },
  decoded: (images, time) => ({ decodedAt: time(images?.[0].decodedAt) }),
  seen: () => zoom.seen,
  wordFor: ({ choice }) => (say(choice === "reject" ? "Sheet_Rejected" : "Alignment_Last")),
});

/** A question on the screen, with the answer that it had before it was taken back. */
function row(question, i, before) {
  const item = element("question-row").content.firstElementChild.cloneNode(true);
  const text = item.querySelector("[data-text]");
  text.id = `question-${question.id}`;
  text.textContent = `${i + 1} ${question.text}`;
  item.setAttribute("aria-labelledby", text.id);
  for (const hint of item.querySelectorAll("kbd")) {
    const [first] = keys.of(hint.dataset.keyOf);
    hint.textContent = first ? textOf(first) : "";
    hint.hidden = !first;
  }
  return { question, element: item, answer: before && before.answer !== "not_asked" ? before.answer : null, ms: null };
}

const byId = (id) => rows.find(({ question }) => question.id === id);

/** Whether all that a question follows from was answered yes. */
const isAsked = ({ question }) => question.parents.every((id) => isAsked(byId(id)) && byId(id).answer === "yes");

/** Whether something that a question follows from was answered, and not with yes. */
const isRefused = ({ question }) => question.parents.some((id) => isRefused(byId(id)) || (isAsked(byId(id)) && byId(id).answer !== null && byId(id).answer !== "yes"));

const isOpen = (row) => isAsked(row) && row.answer === null;

function activate(row) {
  active = row ?? null;
  for (const other of rows) other.element.classList.toggle("active", other === active);
  if (!active) return;
  active.element.focus({ preventScroll: true });
  active.element.scrollIntoView({ block: "nearest" });
}

function write() {
  for (const row of rows) {
    const asked = isAsked(row);
    const refused = isRefused(row);
    row.element.classList.toggle("unasked", refused);
    row.element.querySelector("[data-unasked]").textContent = refused ? say("Alignment_NotAsked") : asked ? "" : say("Alignment_AfterYes");
    for (const button of row.element.querySelectorAll("button")) {
      button.disabled = !asked;
      button.ariaPressed = String(asked && button.dataset.answer === row.answer);
    }
  }
  const left = rows.filter(isOpen).length;
  next.disabled = rows.length === 0 || left > 0;
  element("left-over").textContent = left > 0 ? say("Alignment_Left", left) : "";
}

function answer(row, value) {
  if (!turns.open || !turns.ready || !row || !isAsked(row)) return;
  [row.answer, row.ms] = [value, turns.elapsed];
  write();
  const following = rows.slice(rows.indexOf(row) + 1).find(isOpen) ?? rows.find(isOpen);
  if (following) activate(following);
  else {
    activate(row);
    next.focus({ preventScroll: true });
  }
}

function send(input) {
  if (next.disabled || !turns.open) return;
  const answers = rows.map((row) => ({ questionId: row.question.id, answer: isAsked(row) ? row.answer : "not_asked", ms: isAsked(row) ? row.ms : null }));
  turns.answer({ choice: "answered", input, answers });
}

/** Goes to the next question that is asked, or the one before. */
function move(step) {
  const asked = rows.filter(isAsked);
  activate(asked[Math.min(Math.max(asked.indexOf(active) + step, 0), asked.length - 1)]);
}

listen(turns, zoom, gestures, {
  presses: {
    yes: () => answer(active, "yes"),
    no: () => answer(active, "no"),
    cannot_tell: () => answer(active, "cannot_tell"),
  },
  key(event, action) {
    if (action === "following") return () => move(1);
    if (action === "preceding") return () => move(-1);
    return event.key === "Enter" && !event.repeat && !document.activeElement?.closest("button,input") ? () => send("key") : undefined;
  },
  click(event, button) {
    const row = rows.find(({ element }) => element.contains(event.target));
    if (button?.dataset.answer) answer(row, button.dataset.answer);
    else if (button === next) send(inputOf(event));
    else if (row && isAsked(row)) activate(row);
    else return false;
    return true;
  },
});

list.addEventListener("focusin", ({ target }) => {
  const row = rows.find(({ element }) => element.contains(target));
  if (row && row !== active && isAsked(row)) {
    active = row;
    for (const other of rows) other.element.classList.toggle("active", other === row);
  }
});
await turns.start();
