// After a rater has withdrawn: deletes what this browser keeps of their answers.
import { Outbox } from "./outbox.js";

await Outbox.forget(document.getElementById("withdrawn").dataset);
document.getElementById("status").textContent = "This browser keeps nothing of them either.";
