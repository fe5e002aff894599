// Copies the code at the end of a study.
import { say } from "./texts.js";

const element = (id) => document.getElementById(id);

element("copy")?.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(element("code").textContent);
    element("copied").textContent = say("Finish_Copied");
  } catch {
    getSelection().selectAllChildren(element("code"));
    element("copied").textContent = say("Finish_CopyByHand");
  }
});
