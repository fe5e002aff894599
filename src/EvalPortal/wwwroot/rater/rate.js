// The pair page: which image is better, by click, button and key.
import { inputOf, listen } from "./controls.js";
import { FlawStrip } from "./flaw.js";
import { Gestures } from "./gestures.js";
import { loadImages } from "./images.js";
import { element, say } from "./page.js";
import { Training } from "./training.js";
import { Turns } from "./turns.js";
import { PairZoom } from "./zoom.js";

const stacked = matchMedia("(max-aspect-ratio: 4/5)"); // as in rater.css
const [area, left, right] = ["pair", "left", "right"].map(element);
const zoom = new PairZoom(area, { left, right }, stacked);
const gestures = new Gestures(area, zoom, stacked);
const flaw = new FlawStrip(zoom);

const BESIDE = { left: "Choice_Left", tie: "Choice_Tie", right: "Choice_Right", reject: "Choice_Reject" };
const STACKED = { ...BESIDE, left: "Choice_Upper", right: "Choice_Lower" };

const turns = await Turns.begin({
  load: ({ left, right }) => loadImages([left, right]),
  show: ([left, right]) => zoom.show(left.image, right.image),
  clear: () => zoom.clear(),
  decoded: (images, time) => ({ decodedLeftAt: time(images?.[0].decodedAt), decodedRightAt: time(images?.[1].decodedAt) }),
  seen: () => zoom.seen,
  wordFor: ({ choice }) => say((stacked.matches ? STACKED : BESIDE)[choice]),
  tell: (words) => (element("chosen").textContent = words),
  training: (outbox, dataset) => (dataset.training === undefined ? null : new Training(outbox, zoom, dataset)),
  afterwards: ({ flawStrip }, choice) => (flawStrip && choice !== "reject" ? flaw.ask() : null),
  goOn: () => flaw.close(),
});

const answer = (choice, input) => turns.answer({ choice, input });

/** Whether Enter presses a button while the strip is open. On an image it goes on; the space bar points at the flaw there. */
const onButton = () => document.activeElement?.closest("button:not(.side), input");

listen(turns, zoom, gestures, {
  presses: {
    left: () => answer("left", "key"),
    tie: () => answer("tie", "key"),
    right: () => answer("right", "key"),
    flicker: () => zoom.flicker(gestures.mouse?.side ?? "left"),
  },
  releases: { flicker: () => zoom.putBack() },
  buttons: {
    flicker: () => (zoom.place ? zoom.putBack() : zoom.flicker("left")),
    passOver: () => flaw.close(),
    goOn: turns.goOn,
  },
  key(event, action) {
    if (!flaw.open) return undefined;
    if (flaw.key(event)) return () => {};
    if (event.repeat) return undefined;
    const passes = ["left", "tie", "right"].includes(action) || event.key === "Escape" || (event.key === "Enter" && !onButton());
    return passes ? () => flaw.close() : undefined;
  },
  click(event, button) {
    const { choice, type, severity } = button?.dataset ?? {};
    if (type || severity) flaw.choose({ type, severity }, event.detail === 0);
    else if (flaw.open && button?.matches(".side")) flaw.point(event.detail > 0 ? event : null, button.id);
    else if (flaw.open && choice) flaw.close();
    else if (zoom.place && zoom.place === button?.id) zoom.putBack(); // which of the two was meant?
    else if (choice) answer(choice, inputOf(event));
    else return false;
    return true;
  },
});

addEventListener("pagehide", () => flaw.close());
zoom.addEventListener("change", () => (element("flicker").ariaPressed = String(zoom.place !== null)));
await turns.start();
