// Writes the rater's own keys wherever a page names keys, and lets them be changed where the page has the buttons for it.
import { keys, textOf } from "./keys.js";

const settings = document.querySelector("[data-key-settings]");
const said = settings?.querySelector("[role=status]");
let changing = null; // the button that waits for a key

function write() {
  document.documentElement.dataset.keys = keys.on ? "on" : "off";
  for (const hint of document.querySelectorAll("kbd[data-key-of]")) {
    const [first] = keys.of(hint.dataset.keyOf);
    hint.textContent = first ? textOf(first) : "";
    hint.hidden = !first;
  }
  for (const cell of document.querySelectorAll("[data-keys-of]")) {
    const all = keys.of(cell.dataset.keysOf).map((name) => Object.assign(document.createElement("kbd"), { textContent: textOf(name) }));
    cell.replaceChildren(...all.flatMap((kbd, i) => (i > 0 ? [" or ", kbd] : [kbd])));
    if (all.length === 0) cell.textContent = "no key";
  }
  if (settings) settings.querySelector("[data-keys-on]").checked = keys.on;
}

function wait(button) {
  stopWaiting();
  changing = button;
  button.textContent = "Press a key…";
  said.textContent = `Press the key for “${wordsFor(button.dataset.change)}”, or Esc to leave it.`;
}

function stopWaiting() {
  if (changing) changing.textContent = "Change";
  changing = null;
}

function take(event) {
  if (!changing) return;
  event.preventDefault();
  event.stopPropagation();
  const action = changing.dataset.change;
  if (event.key === "Escape") said.textContent = "Nothing was changed.";
  else if (!keys.isFree(event)) {
    if (event.key.length > 1 || event.key === " ") said.textContent = "This key has a meaning of its own. Press another, or Esc.";
    return;
  } else {
    const before = keys.change(action, event);
    said.textContent = `${textOf(keys.of(action)[0])} is now “${wordsFor(action)}”${before ? `, and no longer “${wordsFor(before)}”` : ""}.`;
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
    said.textContent = "The standard keys are back.";
  }
});
settings?.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-keys-on]")) return;
  keys.on = target.checked;
  said.textContent = keys.on ? "Keys are on." : "Keys are off. All is done with buttons; Tab and Enter go on working.";
});
settings?.addEventListener("focusout", ({ target }) => target === changing && stopWaiting());
addEventListener("keydown", take, { capture: true });
keys.addEventListener("change", write);
write();
