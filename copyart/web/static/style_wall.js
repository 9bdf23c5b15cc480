// The wall of styles: once a photo is chosen, every card shows that photo painted small in the card's style.

import { absolute, addresses } from "./browser_painter.js";
import { known } from "./page_data.js";
import { pixelsOf, sizeWithin } from "./photo.js";

const PIXELS = 256 * 256; // of the small paintings
const MOST_WORKERS = 4; // each holds its own copy of the runtime

const cards = new Map([...document.querySelectorAll(".artist")].map((card) => [card.querySelector("input").value, card]));

export class StyleWall {
  #workers = [];
  #waiting = []; // styles that are still to be painted
  #seen = new Set(); // cards in view
  #photo = null; // { width, height, data }
  #paused = false;
  #round = 0; // answers of an earlier photo's round are dropped

  constructor() {
    const watch = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#seen[isIntersecting ? "add" : "delete"](target);
    });
    for (const card of cards.values()) watch.observe(card);
  }

  /** Paint the cards with a photo, those in view first. Whoever saves data keeps the cards as they are. */
  show(photo) {
    this.clear();
    if (navigator.connection?.saveData) return;
    const [width, height] = sizeWithin(photo.width, photo.height, PIXELS);
    this.#photo = pixelsOf(photo, width, height);
    this.#waiting = known.styles.filter(({ weights }) => weights);
    const count = Math.min(MOST_WORKERS, navigator.hardwareConcurrency ?? 1, this.#waiting.length);
    while (this.#workers.length < count) this.#workers.push({ worker: this.#started(), style: null });
    for (const each of this.#workers) this.#next(each);
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
    for (const each of this.#workers) this.#next(each);
  }

  #started() {
    const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    const own = () => this.#workers.find((each) => each.worker === worker);
    worker.onerror = () => this.#failed(own());
    worker.onmessage = ({ data }) => {
      if (data.problem) this.#failed(own());
      else if (data.pixels) this.#painted(own(), data);
    };
    return worker;
  }

  #next(each) {
    if (this.#paused || each.style || !this.#waiting.length) return;
    const place = Math.max(0, this.#waiting.findIndex(({ slug }) => this.#seen.has(cards.get(slug))));
    [each.style] = this.#waiting.splice(place, 1);
    const { generator, weights } = each.style;
    const { width, height, data } = this.#photo;
    each.worker.postMessage({
      id: this.#round,
      runtimes: addresses(Object.entries(known.runtimes).filter(([name]) => name === "wasm")),
      threads: 1,
      generator: { ...generator, address: absolute(generator.address) },
      styles: [{ ...weights, address: absolute(weights.address), share: 1 }],
      ...{ width, height, pixels: data.slice() },
    });
  }

  #painted(each, { id, pixels }) {
    const { style } = each;
    each.style = null;
    if (id === this.#round) hang(cards.get(style.slug), new ImageData(pixels, this.#photo.width, this.#photo.height));
    this.#next(each);
  }

  /** A card that could not be painted keeps its sample; the others go on. */
  #failed(each) {
    each.style = null;
    this.#next(each);
  }
}

function hang(card, pixels) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: pixels.width, height: pixels.height });
  canvas.setAttribute("aria-hidden", "true"); // the card's name says whose style it is
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  card.querySelector("canvas")?.remove();
  card.querySelector("input").after(canvas);
}
