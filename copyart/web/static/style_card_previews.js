// The previews on the styles' cards: once a photo is chosen, each card shows it, painted small in the card's style.

import { coreCount } from "./browser_painter.js";
import { chooseRuntime, ruleOutRuntimeAfter } from "./onnx_runtime.js";
import { pageData } from "./page_data.js";
import { PaintingWorkerClient } from "./painting_worker_client.js";
import { photoPixels, sizeWithin } from "./photo_pixels.js";

const PIXELS = 256 * 256; // of the small paintings
const WARM_UP_SIDE = 64; // side of the square that is painted to get ready
const MAX_WORKERS = 4; // each holds its own copy of the runtime

const cards = new Map([...document.querySelectorAll(".artist")].map((card) => [card.querySelector("input").value, card]));

export class StyleCardPreviews {
  #idleWorkers = [];
  #workerCount = 0; // idle and busy
  #waitingStyles = []; // still to be painted
  #styles = pageData.styles.filter(({ weights }) => weights);
  #cardsInView = new Set();
  #photo = null; // { width, height, data }
  #paused = false;
  #round = 0; // number of the photo: paintings of an earlier one are dropped

  constructor() {
    const watch = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#cardsInView[isIntersecting ? "add" : "delete"](target);
    });
    for (const card of cards.values()) watch.observe(card);
  }

  /** Let each worker paint a grey square, to load the runtime while the visitor chooses a photo. */
  async loadRuntimeEarly() {
    if (browserSavesData() || !this.#styles.length || this.#photo) return;
    await this.#startWorkers();
    const pixels = new Uint8ClampedArray(WARM_UP_SIDE * WARM_UP_SIDE * 4).fill(128);
    const square = { width: WARM_UP_SIDE, height: WARM_UP_SIDE, pixels };
    for (const worker of this.#idleWorkers) worker.paint(previewJob(this.#styles[0], square)).catch(() => {});
  }

  /** Paint a photo on all cards, those in view first. If the browser saves data, the cards stay as they are. */
  async paintAll(photo) {
    this.removeAll();
    if (browserSavesData()) return;
    const [width, height] = sizeWithin(photo.width, photo.height, PIXELS);
    this.#photo = photoPixels(photo, width, height);
    this.#waitingStyles = [...this.#styles];
    await this.#startWorkers();
    this.#paintWaiting();
  }

  /** Remove the previews, so that the cards show their samples again. */
  removeAll() {
    this.#round += 1;
    this.#waitingStyles = [];
    for (const card of cards.values()) card.querySelector("canvas")?.remove();
  }

  /** Return the canvas of a style's card, painted with the photo, or null. */
  canvasOfStyle({ slug }) {
    return cards.get(slug)?.querySelector("canvas");
  }

  /** Paint no further cards until `resume` is called, to leave the processor to the large painting. */
  pause() {
    this.#paused = true;
  }

  resume() {
    this.#paused = false;
    this.#paintWaiting();
  }

  /** Start a worker for each core, or only one if the graphics processor paints. */
  async #startWorkers() {
    const gpu = (await chooseRuntime()) === "webgpu";
    const wanted = gpu ? 1 : Math.min(MAX_WORKERS, coreCount(), this.#styles.length);
    for (; this.#workerCount < wanted; this.#workerCount++) this.#idleWorkers.push(new PaintingWorkerClient(1));
  }

  #paintWaiting() {
    while (!this.#paused && this.#waitingStyles.length && this.#idleWorkers.length) this.#paintNext(this.#idleWorkers.pop());
  }

  async #paintNext(worker) {
    const [round, style] = [this.#round, this.#takeNextStyle()];
    const { width, height, data } = this.#photo;
    try {
      const { pixels } = await worker.paint(previewJob(style, { width, height, pixels: data }));
      if (round === this.#round) showPreview(cards.get(style.slug), new ImageData(pixels, width, height));
    } catch (problem) {
      // A card that could not be painted keeps its sample. If WebGPU failed, another runtime paints the card later.
      if (ruleOutRuntimeAfter(problem) && round === this.#round) this.#waitingStyles.push(style);
      await this.#startWorkers();
    }
    this.#idleWorkers.push(worker);
    this.#paintWaiting();
  }

  /** Take the next style to paint: one whose card is in view, if there is one. */
  #takeNextStyle() {
    const place = Math.max(0, this.#waitingStyles.findIndex(({ slug }) => this.#cardsInView.has(cards.get(slug))));
    return this.#waitingStyles.splice(place, 1)[0];
  }
}

function previewJob({ generator, weights }, picture) {
  return { generator, parts: [{ weights, share: 1 }], ...picture };
}

function browserSavesData() {
  return Boolean(navigator.connection?.saveData);
}

function showPreview(card, pixels) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: pixels.width, height: pixels.height });
  canvas.setAttribute("aria-hidden", "true"); // the card's name says whose style it is
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  card.querySelector("canvas")?.remove();
  card.querySelector("input").after(canvas);
}
