// Loads images ahead of time. They are shown only when all that belong together can be painted in full.
const TRIES = 3;

/** The images of addresses, decoded, and when they were; fails when one cannot be had. */
export function loadImages(addresses) {
  const images = Promise.all(addresses.map(loadImage));
  images.catch(() => {}); // whoever shows them deals with it
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
