// Loads the images of a pair ahead of time. A pair is shown only when both can be painted in full.
const TRIES = 3;

/** The two images, decoded, and when they were; fails when one cannot be had. */
export function loadPair({ left, right }) {
  const images = Promise.all([loadImage(left), loadImage(right)]).then(([left, right]) => ({ left, right }));
  images.catch(() => {}); // whoever shows the pair deals with it
  return images;
}

async function loadImage(url) {
  for (let attempt = 1; ; attempt++) {
    const image = new Image();
    image.alt = ""; // its button has the name
    image.decoding = "sync"; // painted whole or not at all
    image.src = url;
    try {
      await image.decode();
      return { image, decodedAt: performance.now() };
    } catch (error) {
      if (attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000 * attempt));
    }
  }
}
