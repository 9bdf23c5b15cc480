// The finished paintings of a photo, as pixels, for when a visitor comes back to one.

import { brushSize, mixedWith } from "./adjusting.js";

const MOST = 36e6; // pixels that are kept in memory, of 8 bytes each: photo and painting

/** Return what tells paintings of a photo apart: the style, what it is mixed with, the brush. */
export function keyOf(style) {
  const { slug, parts } = mixedWith(style);
  return [slug, parts?.at(-1).share, brushSize()].join(" ");
}

export class Paintings {
  #kept = new Map(); // key → painting

  /** Return the painting of a key, or undefined. */
  get(key) {
    return this.#kept.get(key);
  }

  /** Keep a painting; those painted first are dropped where they take too much memory. */
  keep(painting) {
    this.#kept.delete(painting.key);
    this.#kept.set(painting.key, painting);
    while (this.#kept.size > 1 && this.#pixels() > MOST) this.#kept.delete(this.#kept.keys().next().value);
  }

  clear() {
    this.#kept.clear();
  }

  #pixels() {
    return [...this.#kept.values()].reduce((sum, { photo: { width, height } }) => sum + width * height, 0);
  }
}
