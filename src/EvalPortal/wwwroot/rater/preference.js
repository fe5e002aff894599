// The page of several images: pick the best, then the worst. A major flaw can be flagged; whoever keeps a flagged image as the best is
// asked once. One image can be opened large, with the arrows between the images.
import { inputOf, listen } from "./controls.js";
import { Gestures } from "./gestures.js";
import { loadImages } from "./images.js";
import { keys, nameOf } from "./keys.js";
import { element, say } from "./page.js";
import { Turns } from "./turns.js";
import { PairZoom } from "./zoom.js";

const stacked = matchMedia("(max-aspect-ratio: 4/5)"); // as in rater.css
const zoom = new PairZoom(element("pair"), { left: element("left") }, stacked);
const gestures = new Gestures(element("pair"), zoom, stacked);
const [grid, next, large, confirm] = ["tiles", "next", "large", "confirm"].map(element);
let tiles = []; // by place: { element, image, flagged }
let [best, worst] = [null, null]; // tiles
let looked = null; // the tile that is open large
let maxZoom = 1;

const turns = await Turns.begin({
  load: ({ images }) => loadImages(images),
  show(images, { before }) {
    tiles = images.map(({ image }, i) => tile(image, i + 1, before?.picks?.flagged?.includes(i + 1) ?? false));
    [best, worst] = ["best", "worst"].map((pick) => tiles[(before?.picks?.[pick] ?? 0) - 1] ?? null);
    maxZoom = 1;
    grid.dataset.count = tiles.length;
    grid.replaceChildren(...tiles.map(({ element }) => element));
    write();
    focusOn(tiles[0]);
  },
  clear() {
    close();
    confirm.close();
    tiles = [];
    [best, worst] = [null, null];
    grid.replaceChildren();
    write();
  },
  decoded: (images, time) => ({ decodedAt: time(images ? Math.max(...images.map(({ decodedAt }) => decodedAt)) : undefined) }),
  seen: () => ({ maxZoom }),
  wordFor: ({ choice }) => (say(choice === "reject" ? "Sheet_Rejected" : "Preference_Last")),
});

function tile(image, place, flagged) {
  const item = element("tile").content.firstElementChild.cloneNode(true);
  item.querySelector(".tile-image").append(image);
  item.querySelector("[data-number]").textContent = place;
  return { element: item, image, place, flagged };
}

const tileOf = (target) => tiles.find(({ element }) => element.contains(target));

const focusOn = (tile) => tile?.element.querySelector(".tile-image").focus({ preventScroll: true });

const WORDS = { best: "Preference_Best", worst: "Preference_Worst" };

const markOf = (tile) => (tile === best ? "best" : tile === worst ? "worst" : "");

const nameOfTile = (tile, name = say("Preference_Image", tile.place)) => [name, markOf(tile) && say(WORDS[markOf(tile)]), tile.flagged && say("Preference_Flagged")].filter(Boolean).join(" · ");

function write() {
  for (const tile of tiles) {
    const mark = markOf(tile);
    const [image, flag, look] = [".tile-image", "[data-flag]", "[data-look]"].map((name) => tile.element.querySelector(name));
    tile.element.dataset.mark = mark;
    tile.element.querySelector("[data-mark-words]").textContent = mark && say(WORDS[mark]);
    image.ariaPressed = String(mark !== "");
    image.ariaLabel = nameOfTile(tile);
    flag.ariaPressed = String(tile.flagged);
    flag.ariaLabel = say("Preference_FlagImage", tile.place);
    look.ariaLabel = say("Preference_LookImage", tile.place);
  }
  element("pass").textContent = tiles.length === 0 ? "" : say(!best ? "Preference_PickBest" : !worst ? "Preference_PickWorst" : "Preference_Picked");
  next.disabled = !best || !worst;
  if (looked) element("large-words").textContent = nameOfTile(looked, say("Preference_ImageOf", looked.place, tiles.length));
}

/** Picks an image, as the best first and then as the worst; picked a second time it is free again. */
function pick(tile) {
  if (!turns.open || !turns.ready || !tile) return;
  if (tile === best) best = null;
  else if (tile === worst) worst = null;
  else if (!best) best = tile;
  else worst = tile;
  write();
  if (best && worst && !looked) next.focus({ preventScroll: true });
}

function flag(tile) {
  if (!turns.open || !tile) return;
  tile.flagged = !tile.flagged;
  write();
}

function look(tile) {
  if (!turns.open || !tile) return;
  looked = tile;
  large.hidden = false;
  const copy = tile.image.cloneNode();
  copy.alt = say("Preference_Image", tile.place);
  zoom.show(copy);
  write();
  element("close").focus({ preventScroll: true });
}

function close() {
  if (!looked) return;
  const tile = looked;
  looked = null;
  large.hidden = true;
  zoom.clear();
  focusOn(tile);
}

/** The tile that has the focus, or the one that is open large. */
const here = () => looked ?? tileOf(document.activeElement);

function move(step) {
  const at = tiles.indexOf(here());
  const tile = tiles[(at + step + tiles.length) % tiles.length];
  if (looked) look(tile);
  else focusOn(tile);
}

function ask(input) {
  if (next.disabled || !turns.open) return;
  close();
  if (best.flagged) {
    confirm.dataset.input = input;
    confirm.showModal();
  } else send(input);
}

function send(input) {
  confirm.close();
  const flagged = tiles.filter((tile) => tile.flagged).map(({ place }) => place);
  turns.answer({ choice: "answered", input, picks: { best: best.place, worst: worst.place, flagged } });
}

listen(turns, zoom, gestures, {
  presses: {
    flaw: () => flag(here()),
    look: () => (looked ? close() : look(here() ?? tiles[0])),
    following: () => move(1),
    preceding: () => move(-1),
  },
  buttons: {
    close,
    following: () => move(1),
    preceding: () => move(-1),
    keepBest: () => send(confirm.dataset.input),
  },
  key(event) {
    if (event.key === "Escape" && looked) return close;
    if (event.repeat) return undefined;
    if (event.key === "Enter" && !document.activeElement?.closest("button,input")) return () => ask("key");
    const tile = keys.on && !event.ctrlKey && !event.altKey && !event.metaKey && /^[1-9]$/.test(nameOf(event)) ? tiles[nameOf(event) - 1] : null;
    return tile ? () => pick(tile) : undefined;
  },
  click(event, button) {
    if (button?.matches(".tile-image")) pick(tileOf(button));
    else if (button?.dataset.flag !== undefined) flag(tileOf(button));
    else if (button?.dataset.look !== undefined) look(tileOf(button));
    else if (button === next) ask(inputOf(event));
    else return false;
    return true;
  },
});

zoom.addEventListener("change", () => (maxZoom = Math.max(maxZoom, zoom.seen?.maxZoom ?? 1)));
await turns.start();
