// What modules know of the page: its elements, and the texts that it brings along in its language.
export const element = (id) => document.getElementById(id);

const texts = JSON.parse(element("texts").textContent);

/** A text, with values in the places of {0}, {1} and so on. */
export const say = (key, ...values) => texts[key].replace(/\{(\d)\}/g, (_, place) => values[place]);

/** The text about one thing or about any other number of them, which stands at {0}. */
export const sayCount = (key, count, ...values) => say(`${key}_${count === 1 ? "One" : "Many"}`, count, ...values);
