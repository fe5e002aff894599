// What the modules say: the page brings the texts along, in its language.
const texts = JSON.parse(document.getElementById("texts").textContent);

/** A text, with values in the places of {0}, {1} and so on. */
export const say = (key, ...values) => texts[key].replace(/\{(\d)\}/g, (_, place) => values[place]);

/** The text about one thing or about any other number of them, which stands at {0}. */
export const sayCount = (key, count, ...values) => say(`${key}_${count === 1 ? "One" : "Many"}`, count, ...values);
