// What follows a slider while it is moved: small paintings, one after the other, always of the newest settings.

import { blending, coarsePixels, mixedWith } from "./adjusting.js";
import { blended } from "./blend.js";

const PIXELS = 200_000; // about a second on one core

export class Preview {
  #painter;
  #shown;
  #wanted = null; // { photo, style } to paint next
  #running = null; // what stops the one being painted

  /**
   * @param {import("./browser_painter.js").BrowserPainter} painter
   * @param {(pixels: ImageData) => void} shown called with each small painting
   */
  constructor(painter, shown) {
    this.#painter = painter;
    this.#shown = shown;
  }

  /** Paint a photo small, with the settings as they are when its turn comes. */
  follow(photo, style) {
    this.#wanted = { photo, style };
    if (!this.#running) this.#run();
  }

  stop() {
    this.#wanted = null;
    this.#running?.abort();
  }

  async #run() {
    while (this.#wanted) {
      const { photo, style } = this.#wanted;
      const own = (this.#running = new AbortController());
      this.#wanted = null;
      // The brush is 1 at a size at which the strokes learnt are as large as those that are asked for.
      const options = { signal: own.signal, progress() {}, brush: 1, pixels: Math.min(PIXELS, coarsePixels(photo)) };
      const result = await this.#painter.paint(photo, mixedWith(style), options).catch(() => null); // the painting tells
      const { strength, preserve } = blending();
      if (result && !own.signal.aborted) this.#shown(blended(result.photo, result.painting, strength, preserve));
    }
    this.#running = null;
  }
}
