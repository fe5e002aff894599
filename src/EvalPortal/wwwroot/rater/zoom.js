// Shows the two images of a pair at one scale, zooms and moves them together, and puts one in the place of the other. Notes how
// closely they were looked at. One image alone is shown on the left side, which is then the only one.
import { say } from "./page.js";

const STEP = 1.25;
const MOST = 16;
const CENTRE = { x: 0.5, y: 0.5 };
const OTHER = { left: "right", right: "left" };

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/** Says "change" when the zoom or what is in whose place has changed, and "moved" whenever the images may have moved. */
export class PairZoom extends EventTarget {
  #sides; // the elements by side
  #stacked; // whether one is above the other
  #shown = null; // by side: the image itself, and a copy of the other one that can take its place
  #boxes = {}; // by side: where its image is, in CSS pixels
  #zoom = 1; // 1: both images whole
  #centre = CENTRE; // the point of the images in the middle of their boxes; 0 to 1
  #before = null; // zoom and centre before 1:1 was held
  #place = null; // the side where the other image is seen
  #seen = null;

  /** Whether zoom and place stay for the next pair. */
  keep = false;

  /** Takes the element around both sides, the sides, and whether one is above the other. */
  constructor(pair, sides, stacked) {
    super();
    [this.#sides, this.#stacked] = [sides, stacked];
    new ResizeObserver(() => this.#lay()).observe(pair);
  }

  /** Shows a pair, two images that are decoded, or one. */
  show(left, right = null) {
    if (!this.keep) [this.#zoom, this.#centre] = [1, CENTRE];
    [this.#before, this.#place] = [null, null];
    this.#seen = { maxZoom: this.#zoom, nativeSeenLeft: false, ...(right && { nativeSeenRight: false }), toggles: 0 };
    this.#shown = right ? { left: { own: left, other: copy(right) }, right: { own: right, other: copy(left) } } : { left: { own: left } };
    for (const [side, images] of Object.entries(this.#shown)) this.#sides[side].replaceChildren(...Object.values(images));
    this.#lay();
    this.#changed();
  }

  clear() {
    this.letGo();
    this.putBack();
    this.#shown = null;
    for (const side of Object.values(this.#sides)) side.replaceChildren();
  }

  /** What was looked at since the pair was shown. */
  get seen() {
    return this.#seen;
  }

  /** The zoom in words. */
  get words() {
    return Math.abs(this.#zoom / this.#native - 1) < 0.005 ? "1:1" : `${Math.round(100 * this.#zoom)} %`;
  }

  /** The side where the other image is seen, or null. */
  get place() {
    return this.#place;
  }

  /** Whether 1:1 is held. */
  get held() {
    return this.#before !== null;
  }

  /** Whether there is more of an image than is seen. */
  get cut() {
    const { clientWidth, clientHeight } = this.#sides.left;
    const { width, height } = this.#largest();
    return width > clientWidth + 0.5 || height > clientHeight + 0.5;
  }

  zoomIn = () => this.zoomBy(STEP);

  zoomOut = () => this.zoomBy(1 / STEP);

  /** Zooms; what is at a place of a box, { side, x, y } in CSS pixels, stays there. Without a place it is the middle. */
  zoomBy = (factor, at = null) => this.#to(this.#zoom * factor, at);

  /** Both images whole. */
  fit = () => {
    [this.#zoom, this.#centre] = [1, CENTRE];
    this.#lay();
    this.#changed();
  };

  /** One device pixel for each pixel of the images. */
  native = () => this.#to(this.#native, null);

  /** 1:1 at a place until it is let go: what is there while both images are seen as they were before. */
  hold(at) {
    if (!this.#shown) return;
    this.#before ??= { zoom: this.#zoom, centre: this.#centre };
    ({ zoom: this.#zoom, centre: this.#centre } = this.#before);
    this.#lay();
    this.#to(this.#native, at);
  }

  letGo() {
    if (!this.#before) return;
    ({ zoom: this.#zoom, centre: this.#centre } = this.#before);
    this.#before = null;
    this.#lay();
    this.#changed();
  }

  /** Moves on by CSS pixels. */
  pan(dx, dy) {
    const { width, height } = this.#largest();
    this.#centre = { x: this.#centre.x + dx / width, y: this.#centre.y + dy / height };
    this.#lay();
  }

  /** Puts the other image in a side's place until it is put back. */
  flicker(place) {
    if (!this.#shown?.right || this.#place) return;
    this.#place = place;
    this.#seen.toggles++;
    this.#changed();
  }

  putBack() {
    if (!this.#place) return;
    this.#place = null;
    this.#changed();
  }

  /** The box at a place on the screen, and where in it: { side, x, y } in CSS pixels; null beside them. */
  boxAt({ clientX, clientY }) {
    for (const [side, element] of Object.entries(this.#sides)) {
      const box = element.getBoundingClientRect();
      const [x, y] = [clientX - box.left, clientY - box.top];
      if (x >= 0 && x <= box.width && y >= 0 && y <= box.height) return { side, x, y };
    }
    return null;
  }

  /** The point of an image at a place on the screen: { side, x, y } from 0 to 1; null beside the images. */
  pointAt(place) {
    const at = this.#shown && this.boxAt(place);
    if (!at) return null;
    const image = this.#boxes[at.side][at.side === this.#place ? "other" : "own"];
    const [x, y] = [(at.x - image.x) / image.width, (at.y - image.y) / image.height];
    return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { side: at.side === this.#place ? OTHER[at.side] : at.side, x, y } : null;
  }

  /** The point of an image in the middle of its box. */
  middleOf = (side) => ({ side, ...this.#centre });

  /** Puts a mark on a point of an image, { side, x, y } from 0 to 1. It is hidden without one, and where that is not seen. */
  pin(mark, point) {
    const at = point && this.#placeOf(point);
    mark.hidden = !at;
    if (at) Object.assign(mark.style, { left: `${at.x}px`, top: `${at.y}px` });
  }

  /** Where on the pair a point of an image is, in CSS pixels; null where it is not seen. */
  #placeOf({ side, x, y }) {
    if (!this.#shown || this.#place === side) return null;
    const [image, box] = [this.#boxes[side].own, this.#sides[side]];
    const at = { x: image.x + x * image.width, y: image.y + y * image.height };
    const seen = at.x >= 0 && at.x <= box.clientWidth && at.y >= 0 && at.y <= box.clientHeight;
    return seen ? { x: at.x + box.offsetLeft, y: at.y + box.offsetTop } : null;
  }

  /** CSS pixels per pixel at which both images fit into their boxes, which are equal. */
  get #whole() {
    const { clientWidth, clientHeight } = this.#sides.left;
    return Math.min(...Object.values(this.#shown).map(({ own }) => Math.min(clientWidth / own.naturalWidth, clientHeight / own.naturalHeight)));
  }

  get #native() {
    return this.#shown ? 1 / (devicePixelRatio * this.#whole) : 1;
  }

  /** Width of the wider and height of the higher image on the screen. */
  #largest() {
    if (!this.#shown) return { width: 1, height: 1 };
    const largest = (size) => this.#zoom * this.#whole * Math.max(...Object.values(this.#shown).map(({ own }) => own[size]));
    return { width: largest("naturalWidth"), height: largest("naturalHeight") };
  }

  #to(zoom, at) {
    if (!this.#shown) return;
    const side = at?.side ?? "left";
    const [{ own }, box] = [this.#shown[side], this.#sides[side]];
    const middle = { x: box.clientWidth / 2, y: box.clientHeight / 2 };
    const { x, y, width, height } = this.#boxes[side].own;
    const point = at ? { x: clamp((at.x - x) / width, 0, 1), y: clamp((at.y - y) / height, 0, 1) } : this.#centre;
    this.#zoom = clamp(zoom, Math.min(1, this.#native), Math.max(MOST, this.#native));
    const scale = this.#whole * this.#zoom;
    this.#centre = {
      x: point.x + (at ? middle.x - at.x : 0) / (scale * own.naturalWidth),
      y: point.y + (at ? middle.y - at.y : 0) / (scale * own.naturalHeight),
    };
    this.#lay();
    this.#changed();
  }

  #lay() {
    const { clientWidth, clientHeight } = this.#sides.left;
    if (!this.#shown || clientWidth === 0) return;
    const { width, height } = this.#largest();
    this.#centre = { x: within(this.#centre.x, clientWidth / width), y: within(this.#centre.y, clientHeight / height) };
    const scale = this.#whole * this.#zoom;
    for (const [side, images] of Object.entries(this.#shown)) {
      const edge = this.#stacked.matches || !this.#shown.right ? 0.5 : side === "left" ? 1 : 0; // side by side they are next to each other
      this.#boxes[side] = {};
      for (const [whose, image] of Object.entries(images)) {
        const [width, height] = [scale * image.naturalWidth, scale * image.naturalHeight];
        const [x, y] = [along(clientWidth, width, this.#centre.x, edge), along(clientHeight, height, this.#centre.y, 0.5)];
        this.#boxes[side][whose] = { x, y, width, height };
        Object.assign(image.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
      }
    }
    this.#seen.maxZoom = Math.max(this.#seen.maxZoom, this.#zoom);
    if (scale * devicePixelRatio > 0.995) for (const seen of ["nativeSeenLeft", "nativeSeenRight"]) if (seen in this.#seen) this.#seen[seen] = true;
    this.dispatchEvent(new Event("moved"));
  }

  #changed() {
    const names = this.#stacked.matches ? { left: "Image_Upper", right: "Image_Lower" } : { left: "Image_Left", right: "Image_Right" };
    for (const [side, element] of Object.entries(this.#sides)) {
      if (side === this.#place) element.dataset.shows = say(names[OTHER[side]]);
      else delete element.dataset.shows;
    }
    this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new Event("moved"));
  }
}

/** A second element with the same decoded image. */
function copy(image) {
  const other = image.cloneNode();
  other.className = "other";
  return other;
}

/** Where an image begins in its box: at its edge when it fits, otherwise so that the point is in the middle. */
function along(box, size, point, edge) {
  return size <= box ? (box - size) * edge : clamp(box / 2 - point * size, box - size, 0);
}

/** The middle of what is seen stays so far from the rim that no part of a box is empty. */
function within(point, share) {
  return share >= 1 ? 0.5 : clamp(point, share / 2, 1 - share / 2);
}
