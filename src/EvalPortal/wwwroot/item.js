// The images of an item: zoomed and moved together, and each put in the place of the one before it while a key or button is held.
const STEP = 1.25;
const MOST = 16;
const PAN = 0.1; // of an image, per press of an arrow

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

class ItemView extends HTMLElement {
  #scale = 1; // 1: each image whole
  #x = 0; // where the left edge is, in widths of an image: 0 to 1 − scale
  #y = 0;
  #pointers = new Map(); // those that press, by id
  #listening = null; // ends with the element

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const panes = this.#panes;
    panes.forEach((pane, i) => {
      if (panes.length < 2) return;
      const other = panes[(i + 1) % panes.length];
      const image = other.querySelector(".item-image").cloneNode(true);
      image.classList.add("other");
      image.setAttribute("aria-hidden", "true");
      pane.querySelector(".item-layer").append(image);
      pane.dataset.other = other.dataset.mark;
    });
    this.querySelector(".item-tools").hidden = false;

    this.addEventListener("click", (event) => this.#press(event.target.closest("[data-do]")?.dataset.do), { signal });
    const flicker = this.querySelector('[data-do="flicker"]');
    flicker?.addEventListener("pointerdown", () => this.#flicker(true), { signal });
    flicker?.addEventListener("keydown", ({ key }) => [" ", "Enter"].includes(key) && this.#flicker(true), { signal });
    flicker?.addEventListener("contextmenu", (event) => event.preventDefault(), { signal }); // a finger that holds
    for (const end of ["pointerup", "pointercancel", "blur", "keyup"]) addEventListener(end, () => this.#flicker(false), { signal });
    document.addEventListener("keydown", this.#key, { signal });
    for (const pane of panes) {
      pane.addEventListener("wheel", this.#wheel, { signal, passive: false });
      pane.addEventListener("pointerdown", this.#down, { signal });
      pane.addEventListener("pointermove", this.#move, { signal });
    }
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, ({ pointerId }) => this.#pointers.delete(pointerId), { signal });
    this.#lay();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  get #panes() {
    return [...this.querySelectorAll(".item-pane")];
  }

  /** The scale at which the first image has one device pixel for each of its own. */
  get #native() {
    const { naturalWidth } = this.querySelector("img");
    return naturalWidth ? naturalWidth / (this.#panes[0].clientWidth * devicePixelRatio) : 1; // not loaded yet
  }

  #press(action) {
    const actions = {
      in: () => this.#zoom(this.#scale * STEP),
      out: () => this.#zoom(this.#scale / STEP),
      fit: () => this.#zoom(1),
      native: () => this.#zoom(this.#native),
      flaws: () => this.#toggleFlaws(),
      help: () => this.querySelector("dialog").showModal(),
    };
    actions[action]?.();
  }

  #key = (event) => {
    const { key, shiftKey, ctrlKey, altKey, metaKey, target } = event;
    if (ctrlKey || altKey || metaKey || document.querySelector("dialog[open]") || target.closest("input, select, textarea, [contenteditable]")) return;
    const arrow = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
    const action = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "native", h: "flaws", "?": "help" }[key.toLowerCase()];
    if (arrow && shiftKey) this.#pan(PAN * arrow[0], PAN * arrow[1]);
    else if (key === "ArrowLeft" || key === "ArrowRight") {
      const link = document.querySelector(`a[rel="${key === "ArrowLeft" ? "prev" : "next"}"]`);
      if (!link || event.repeat) return;
      location.assign(link.href);
    } else if (key.toLowerCase() === "f") this.#flicker(true);
    else if (action) this.#press(action);
    else return;
    event.preventDefault();
  };

  #flicker(on) {
    this.classList.toggle("flickering", on);
  }

  #toggleFlaws() {
    const button = this.querySelector('[data-do="flaws"]');
    if (!button) return;
    const shown = this.classList.toggle("without-flaws") === false;
    button.setAttribute("aria-pressed", shown);
  }

  #wheel = (event) => {
    if (!event.ctrlKey && this.#scale <= 1) return; // the page scrolls
    event.preventDefault();
    const pixels = clamp(event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1), -200, 200);
    this.#zoom(this.#scale * Math.exp(-pixels / 400), this.#at(event));
  };

  #down = (event) => {
    if (event.button !== 0) return;
    this.#pointers.set(event.pointerId, event);
    if (this.#scale > 1) event.currentTarget.setPointerCapture(event.pointerId);
  };

  #move = (event) => {
    if (!this.#pointers.has(event.pointerId)) return;
    const before = [...this.#pointers.values()];
    this.#pointers.set(event.pointerId, event);
    const now = [...this.#pointers.values()];
    const { width, height } = event.currentTarget.getBoundingClientRect();
    if (now.length === 1) this.#pan((event.clientX - before[0].clientX) / width, (event.clientY - before[0].clientY) / height);
    else if (now.length === 2) {
      const spread = ([a, b]) => Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
      const middle = { clientX: (now[0].clientX + now[1].clientX) / 2, clientY: (now[0].clientY + now[1].clientY) / 2, currentTarget: event.currentTarget };
      this.#zoom((this.#scale * spread(now)) / spread(before), this.#at(middle));
    }
  };

  /** A place on the screen in widths and heights of its pane. */
  #at({ clientX, clientY, currentTarget }) {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  /** Zooms; what is at a place of a pane stays there. */
  #zoom(scale, { x, y } = { x: 0.5, y: 0.5 }) {
    const next = clamp(scale, Math.min(1, this.#native), MOST);
    this.#x = x - ((x - this.#x) * next) / this.#scale;
    this.#y = y - ((y - this.#y) * next) / this.#scale;
    this.#scale = next;
    this.#lay();
  }

  #pan(dx, dy) {
    this.#x += dx;
    this.#y += dy;
    this.#lay();
  }

  #lay() {
    const rest = 1 - this.#scale; // what is left beside a smaller image stands half on each side
    [this.#x, this.#y] = rest > 0 ? [rest / 2, rest / 2] : [clamp(this.#x, rest, 0), clamp(this.#y, rest, 0)];
    for (const [name, value] of Object.entries({ "--scale": this.#scale, "--x": `${100 * this.#x}%`, "--y": `${100 * this.#y}%` })) this.style.setProperty(name, value);
    this.classList.toggle("zoomed", this.#scale > 1);
    this.querySelector("[data-zoom]").textContent = `${Math.round(100 * this.#scale)} %`;
  }
}

customElements.define("item-view", ItemView);
