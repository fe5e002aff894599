// Copies the code at the end of a study.
import { element, say } from "./page.js";

element("copy")?.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(element("code").textContent);
    element("copied").textContent = say("Finish_Copied");
  } catch {
    getSelection().selectAllChildren(element("code"));
    element("copied").textContent = say("Finish_CopyByHand");
  }
});
