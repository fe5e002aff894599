/** Measures how long the page has been visible. */
export class VisibleTime {
  #before = 0;
  #since = null;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#turn(performance.now()));
    this.start(performance.now());
  }

  /** Begins anew. */
  start(now) {
    [this.#before, this.#since] = [0, null];
    this.#turn(now);
  }

  /** Milliseconds since the start. */
  at = (now) => this.#before + (this.#since === null ? 0 : now - this.#since);

  #turn(now) {
    this.#before = this.at(now);
    this.#since = document.visibilityState === "visible" ? now : null;
  }
}
