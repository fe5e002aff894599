// After a rater has withdrawn: deletes what this browser keeps of their answers.
import { Outbox } from "./outbox.js";
import { say } from "./texts.js";

await Outbox.forget(document.getElementById("withdrawn").dataset);
document.getElementById("status").textContent = say("Withdrawn_Forgotten");
