// The rater's own page: another answer in place of an earlier one goes through the outbox like any other.
import { Outbox } from "./outbox.js";
import { tellStatus } from "./status.js";
import { element, say } from "./page.js";

const page = element("mine");
const outbox = await Outbox.open(page.dataset);
const looking = new Map(); // by pair: since when both images were to be seen with the buttons beneath

const clock = new Intl.DateTimeFormat(`${document.documentElement.lang}-u-ca-gregory-nu-latn`, { dateStyle: "medium", timeStyle: "short" });
for (const time of page.querySelectorAll("time")) time.textContent = clock.format(new Date(time.dateTime));

page.addEventListener("toggle", ({ target }) => target.open && look(target.closest("li")), true);
page.addEventListener("click", ({ target, pointerType, detail }) => {
  const button = target.closest("button[data-answer]");
  if (button) return change(button, pointerType === "touch" ? "touch" : detail === 0 ? "key" : "pointer");
  const back = target.closest("button[data-take-back]");
  if (back) takeBack(back);
});

/** What is not about a pair is judged anew on the study's own page, where it comes next. */
async function takeBack(button) {
  button.disabled = true;
  outbox.retract(button.closest("li").dataset.vote);
  await outbox.drained();
  if (!outbox.refused.some(({ voteId }) => voteId === button.closest("li").dataset.vote)) location.assign(`/r/${page.dataset.link}`);
}

async function look(item) {
  const images = [...item.querySelectorAll("img")];
  for (const image of images) image.loading = "eager";
  try {
    await Promise.all(images.map((image) => image.decode()));
    looking.set(item, { at: performance.now(), wall: Date.now() });
    for (const button of item.querySelectorAll("[data-answer]")) button.disabled = false; // an answer is about images that can be seen
  } catch {
    element("problem").textContent = say("Mine_NotLoaded");
  }
}

function change(button, input) {
  const item = button.closest("li");
  const shown = looking.get(item);
  const { assignment, vote: last } = item.dataset;
  const choice = button.dataset.answer;
  const responseMs = Math.round(performance.now() - shown.at);
  const shownAt = new Date(shown.wall).toISOString();
  const waiting = outbox.waiting.findLast(({ vote }) => vote?.assignmentId === assignment);
  const vote = {
    assignmentId: assignment,
    supersedes: waiting?.voteId ?? last,
    choice,
    reason: choice === "reject" ? "other" : null,
    responseMs,
    shownAt,
    decodedLeftAt: shownAt,
    decodedRightAt: shownAt,
    votedAt: new Date(shown.wall + responseMs).toISOString(),
    input,
    viewportW: innerWidth,
    viewportH: innerHeight,
    dpr: devicePixelRatio,
    appVersion: page.dataset.version,
  };
  const [left, right] = Array.from(item.querySelectorAll("img"), (image) => image.getAttribute("src"));
  outbox.vote(vote, { assignmentId: assignment, question: item.dataset.question, prompt: item.dataset.prompt ?? null, left, right });
  item.dataset.vote = outbox.waiting.at(-1).voteId;
  item.querySelector(".choice").textContent = button.dataset.words;
  for (const other of item.querySelectorAll("[data-answer]")) other.ariaPressed = String(other === button);
  item.querySelector("details").open = false;
  item.querySelector("summary").focus();
}

tellStatus(outbox, element("status"), element("problem"));
