// What the page remembers in this browser. Where the browser keeps nothing, it is forgotten when the page is left, and all works.

/** What was remembered under a name; null for nothing, or for what cannot be read. */
export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // until the page is left
  }
}
