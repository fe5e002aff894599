// Mouse and fingers on a pair: the wheel and two fingers zoom, dragging moves, a sideways swipe on whole images that are above
// each other flickers. A press that did one of these is no click.
const DRAG = 6; // CSS pixels that a press may move and still be a click
const SWIPE = 24;

export class Gestures {
  #zoom;
  #stacked;
  #pressed = new Map(); // by pointer: where it was first and where it is
  #moved = false;
  #swiping = false;

  /** Where the mouse is in a box, or null. */
  mouse = null;

  constructor(pair, zoom, stacked) {
    [this.#zoom, this.#stacked] = [zoom, stacked];
    pair.addEventListener("wheel", this.#wheel, { passive: false });
    pair.addEventListener("pointerdown", this.#press);
    pair.addEventListener("pointermove", this.#move);
    pair.addEventListener("pointerleave", () => (this.mouse = null));
    pair.addEventListener("dragstart", (event) => event.preventDefault());
    pair.addEventListener("click", this.#click, { capture: true });
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, this.#lift);
  }

  #wheel = (event) => {
    event.preventDefault();
    if (this.#zoom.held) return;
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    this.#zoom.zoomBy(Math.exp(-Math.max(-200, Math.min(200, pixels)) / 400), this.#zoom.boxAt(event));
  };

  #press = ({ pointerId, button, clientX, clientY }) => {
    if (button !== 0) return;
    if (this.#pressed.size === 0) this.#moved = false;
    this.#pressed.set(pointerId, { first: { clientX, clientY }, clientX, clientY });
  };

  #move = (event) => {
    const { pointerId, pointerType, clientX, clientY } = event;
    if (pointerType !== "touch") {
      this.mouse = this.#zoom.boxAt(event);
      if (this.#zoom.held && this.mouse) this.#zoom.hold(this.mouse);
    }
    const pressed = this.#pressed.get(pointerId);
    if (!pressed) return;
    const before = [...this.#pressed.values()].map((pointer) => ({ ...pointer }));
    Object.assign(pressed, { clientX, clientY });
    if (this.#pressed.size === 2) this.#pinch(before, [...this.#pressed.values()]);
    else if (this.#pressed.size === 1) this.#drag(before[0], pressed);
  };

  #pinch(before, now) {
    this.#moved = true;
    const spread = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    const middle = ([a, b]) => ({ clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 });
    const [from, to] = [middle(before), middle(now)];
    this.#zoom.pan(from.clientX - to.clientX, from.clientY - to.clientY);
    this.#zoom.zoomBy(spread(now) / Math.max(spread(before), 1), this.#zoom.boxAt(to));
  }

  #drag(before, { first, clientX, clientY }) {
    const [x, y] = [clientX - first.clientX, clientY - first.clientY];
    if (Math.hypot(x, y) > DRAG) this.#moved = true;
    if (!this.#moved || this.#zoom.held) return;
    if (this.#zoom.cut) this.#zoom.pan(before.clientX - clientX, before.clientY - clientY);
    else if (this.#stacked.matches && !this.#swiping && Math.abs(x) > SWIPE && Math.abs(x) > Math.abs(y)) {
      this.#swiping = true;
      this.#zoom.flicker(this.#zoom.boxAt(first)?.side ?? "left");
    }
  }

  #lift = ({ pointerId }) => {
    this.#pressed.delete(pointerId);
    if (!this.#swiping) return;
    this.#swiping = false;
    this.#zoom.putBack();
  };

  #click = (event) => {
    if (event.detail === 0 || !this.#moved) return; // by key, or a click
    event.stopPropagation();
    event.preventDefault();
  };
}
