// How long is left, from the rater's own pace.
import { say } from "./page.js";

const RECENT = 20; // answers that tell the pace
const FEWEST = 5; // from which it can be told

/** In words, so many items at the median time from one answer to the next; nothing where it cannot be known. */
export function timeLeft(votes, items) {
  const times = votes.slice(-RECENT - 1).map(({ vote }) => Date.parse(vote.votedAt));
  const steps = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b);
  const minutes = (items * steps[steps.length >> 1]) / 60_000;
  if (steps.length < FEWEST || !(minutes > 0)) return "";
  return minutes < 1 ? say("Time_UnderAMinute") : say("Time_Minutes", minutes < 10 ? Math.round(minutes) : 5 * Math.round(minutes / 5));
}
