// The finished paintings of a photo, as pixels, for when a visitor comes back to one.

import { chosenBrush, withSecondStyle } from "./adjustment_controls.js";

const MAX_PIXELS = 36e6; // pixels that are kept in memory, of 8 bytes each: photo and painting

/** Return what tells paintings of a photo apart: the style, what it is mixed with, the brush. */
export function paintingKey(style) {
  const { slug, parts } = withSecondStyle(style);
  return [slug, parts?.at(-1).share, chosenBrush()].join(" ");
}

export class PaintingCache {
  #paintings = new Map(); // key → painting

  /** Return the painting of a key, or undefined. */
  get(key) {
    return this.#paintings.get(key);
  }

  /** Keep a painting; those painted first are dropped where they take too much memory. */
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
