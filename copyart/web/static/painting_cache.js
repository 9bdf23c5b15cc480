// Caches the finished paintings of a photo as pixels, so that a visitor can return to one without painting again.

import { chosenBrush, mixWithSecondStyle } from "./adjustment_controls.js";

const MAX_PIXELS = 36e6; // maximum number of pixels in memory, of 8 bytes each, for photo and painting

/** Return the key of a photo's painting in this style: the style, the second one and its share, and the brush. */
export function paintingKey(style) {
  const { slug, parts } = mixWithSecondStyle(style);
  return [slug, parts?.at(-1).share, chosenBrush()].join(" ");
}

export class PaintingCache {
  #paintings = new Map(); // key → painting

  /** Return the painting with a key, or undefined. */
  get(key) {
    return this.#paintings.get(key);
  }

  /** Add a painting. Drop the oldest ones if the paintings take too much memory. */
  add(painting) {
    this.#paintings.delete(painting.key);
    this.#paintings.set(painting.key, painting);
    while (this.#paintings.size > 1 && this.#pixels() > MAX_PIXELS) this.#paintings.delete(this.#paintings.keys().next().value);
  }

  clear() {
    this.#paintings.clear();
  }

  #pixels() {
    return [...this.#paintings.values()].reduce((sum, { photo: { width, height } }) => sum + width * height, 0);
  }
}
