// The wall of styles: once a photo is chosen, every card shows that photo painted small in the card's style.

import { cores } from "./browser_painter.js";
import { known } from "./page_data.js";
import { PaintThread } from "./paint_thread.js";
import { pixelsOf, sizeWithin } from "./photo.js";

const PIXELS = 256 * 256; // of the small paintings
const WARM = 64; // side of the square that is painted to get ready
const MOST_WORKERS = 4; // each holds its own copy of the runtime

const cards = new Map([...document.querySelectorAll(".artist")].map((card) => [card.querySelector("input").value, card]));

export class StyleWall {
  #threads = []; // those that rest
  #count = 0; // of threads
  #waiting = []; // styles that are still to be painted
  #styles = known.styles.filter(({ weights }) => weights);
  #seen = new Set(); // cards in view
  #photo = null; // { width, height, data }
  #paused = false;
  #round = 0; // paintings of an earlier photo's round are dropped

  constructor() {
    const watch = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#seen[isIntersecting ? "add" : "delete"](target);
    });
    for (const card of cards.values()) watch.observe(card);
  }

  /** Get ready, because a photo is about to be chosen: each thread paints a grey square, for which it loads everything. */
  warm() {
    if (saves() || !this.#styles.length || this.#photo) return;
    this.#start();
    const pixels = new Uint8ClampedArray(WARM * WARM * 4).fill(128);
    for (const thread of this.#threads) thread.paint(job(this.#styles[0], { width: WARM, height: WARM, pixels })).catch(() => {});
  }

  /** Paint the cards with a photo, those in view first. Whoever saves data keeps the cards as they are. */
  show(photo) {
    this.clear();
    if (saves()) return;
    const [width, height] = sizeWithin(photo.width, photo.height, PIXELS);
    this.#photo = pixelsOf(photo, width, height);
    this.#waiting = [...this.#styles];
    this.#start();
    this.#continue();
  }

  /** Show what the cards showed before there was a photo. */
  clear() {
    this.#round += 1;
    this.#waiting = [];
    for (const card of cards.values()) card.querySelector("canvas")?.remove();
  }

  /** Return the canvas of a style's card, painted with the photo, or null. */
  sketch({ slug }) {
    return cards.get(slug)?.querySelector("canvas");
  }

  /** Leave the processor to the large painting, until `resume`. */
  pause() {
    this.#paused = true;
  }

  resume() {
    this.#paused = false;
    this.#continue();
  }

  /** Start a thread for each core. */
  #start() {
    const most = Math.min(MOST_WORKERS, cores(), this.#styles.length);
    for (; this.#count < most; this.#count++) this.#threads.push(new PaintThread(1, ["webgpu"]));
  }

  #continue() {
    while (!this.#paused && this.#waiting.length && this.#threads.length) this.#paintNext(this.#threads.pop());
  }

  async #paintNext(thread) {
    const [round, style] = [this.#round, this.#taken()];
    const { width, height, data } = this.#photo;
    // A card that could not be painted keeps its sample; the others go on.
    const painted = await thread.paint(job(style, { width, height, pixels: data })).catch(() => null);
    if (painted && round === this.#round) hang(cards.get(style.slug), new ImageData(painted.pixels, width, height));
    this.#threads.push(thread);
    this.#continue();
  }

  /** Take the next style: one whose card is in view, if there is any. */
  #taken() {
    const place = Math.max(0, this.#waiting.findIndex(({ slug }) => this.#seen.has(cards.get(slug))));
    return this.#waiting.splice(place, 1)[0];
  }
}

function job({ generator, weights }, picture) {
  return { generator, parts: [{ weights, share: 1 }], ...picture };
}

function saves() {
  return Boolean(navigator.connection?.saveData);
}

function hang(card, pixels) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: pixels.width, height: pixels.height });
  canvas.setAttribute("aria-hidden", "true"); // the card's name says whose style it is
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  card.querySelector("canvas")?.remove();
  card.querySelector("input").after(canvas);
}
