import { say } from "./page.js";

/** Keeps an element's text at "saved", "saving… (2 waiting)" or "offline…", and another's at what was refused last. */
export function tellStatus(outbox, status, problem) {
  const refusedBefore = outbox.refused.length;
  let timer = null;
  const tell = () => {
    timer = null;
    const count = outbox.waiting.length;
    status.textContent = wording(outbox, count);
    // What belongs to a vote that was refused is refused with it.
    problem.textContent = outbox.refused.slice(refusedBefore).findLast(({ flaw }) => !flaw)?.sentence ?? "";
  };
  const changed = () => {
    status.dataset.waiting = outbox.waiting.length;
    const atOnce = outbox.waiting.length === 0 || outbox.offline;
    if (atOnce) {
      clearTimeout(timer);
      timer = null;
    }
    timer ??= setTimeout(tell, atOnce ? 0 : 300); // what is saved within this time is not worth a word
  };
  outbox.addEventListener("change", changed);
  changed();
}

function wording(outbox, count) {
  if (count > 0 && !outbox.kept) return say("Status_KeepOpen", count);
  if (outbox.offline && outbox.written) return say("Status_Offline");
  if (count > 0) return say("Status_Saving", count);
  return outbox.votes.length > 0 ? say("Status_Saved") : "";
}
