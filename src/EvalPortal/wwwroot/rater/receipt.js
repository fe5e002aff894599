// Pages after or between the pairs: sends what this browser still keeps, and says how much of what was given has arrived.
import { Outbox } from "./outbox.js";
import { tellStatus } from "./status.js";
import { element, sayCount } from "./page.js";

const outbox = await Outbox.open(element("notice").dataset);
tellStatus(outbox, element("status"), element("problem"));
await outbox.drained();
const { voteIds } = await outbox.ask("receipt");
await outbox.reconcile(voteIds);
await outbox.drained();
const { received } = await outbox.ask("receipt");
const given = Math.max(outbox.votes.length, received);
const refused = outbox.refused.filter(({ vote }) => vote).length;
if (given > 0) element("receipt").textContent = sayCount(refused > 0 ? "Receipt_Refused" : "Receipt_Answers", given, received, refused);
element("sending")?.remove();
element("finish")?.removeAttribute("hidden"); // only now: nothing counts as complete while an answer waits
