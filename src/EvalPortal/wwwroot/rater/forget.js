// After a rater has withdrawn: deletes what this browser keeps of their answers.
import { Outbox } from "./outbox.js";
import { element, say } from "./page.js";
import { Training } from "./training.js";

const { dataset } = element("withdrawn");
Training.forget(dataset);
await Outbox.forget(dataset);
element("status").textContent = say("Withdrawn_Forgotten");
