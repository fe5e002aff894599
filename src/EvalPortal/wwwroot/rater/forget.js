// After a rater has withdrawn: deletes what this browser keeps of their answers.
import { Outbox } from "./outbox.js";
import { say } from "./texts.js";
import { Training } from "./training.js";

const { dataset } = document.getElementById("withdrawn");
Training.forget(dataset);
await Outbox.forget(dataset);
document.getElementById("status").textContent = say("Withdrawn_Forgotten");
