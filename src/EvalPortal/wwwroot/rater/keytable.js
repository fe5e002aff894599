// Writes the rater's own keys wherever a page names keys, and lets them be changed where the page has the buttons for it.
import { keys, textOf } from "./keys.js";
import { say } from "./page.js";

const settings = document.querySelector("[data-key-settings]");
const said = settings?.querySelector("[role=status]");
const tell = (...words) => (said.textContent = say(...words));
let changing = null; // the button that waits for a key
let changes; // what it said before

function write() {
  document.documentElement.dataset.keys = keys.on ? "on" : "off";
  for (const hint of document.querySelectorAll("kbd[data-key-of]")) {
    const [first] = keys.of(hint.dataset.keyOf);
    hint.textContent = first ? textOf(first) : "";
    hint.hidden = !first;
  }
  for (const cell of document.querySelectorAll("[data-keys-of]")) {
    const all = keys.of(cell.dataset.keysOf).map((name) => Object.assign(document.createElement("kbd"), { textContent: textOf(name) }));
    cell.replaceChildren(...all.flatMap((kbd, i) => (i > 0 ? [` ${say("Keys_Or")} `, kbd] : [kbd])));
    if (all.length === 0) cell.textContent = say("Keys_None");
  }
  if (settings) settings.querySelector("[data-keys-on]").checked = keys.on;
}

function wait(button) {
  stopWaiting();
  [changing, changes] = [button, button.textContent];
  button.textContent = say("Keys_Press");
  tell("Keys_PressFor", wordsFor(button.dataset.change));
}

function stopWaiting() {
  if (changing) changing.textContent = changes;
  changing = null;
}

function take(event) {
  if (!changing) return;
  event.preventDefault();
  event.stopPropagation();
  const action = changing.dataset.change;
  if (event.key === "Escape") tell("Keys_Unchanged");
  else if (!keys.isFree(event)) {
    if (event.key.length > 1 || event.key === " ") tell("Keys_Taken");
    return;
  } else {
    const before = keys.change(action, event);
    tell(before ? "Keys_NowNoLonger" : "Keys_Now", textOf(keys.of(action)[0]), wordsFor(action), before && wordsFor(before));
  }
  stopWaiting();
}

const wordsFor = (action) => document.querySelector(`[data-words-of="${action}"]`).textContent;

settings?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.change) wait(button);
  else if (button?.dataset.standard !== undefined) {
    stopWaiting();
    keys.reset();
    tell("Keys_StandardBack");
  }
});
settings?.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-keys-on]")) return;
  keys.on = target.checked;
  tell(keys.on ? "Keys_On" : "Keys_Off");
});
settings?.addEventListener("focusout", ({ target }) => target === changing && stopWaiting());
addEventListener("keydown", take, { capture: true });
keys.addEventListener("change", write);
write();
