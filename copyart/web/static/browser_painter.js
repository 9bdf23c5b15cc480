// The painter in this browser: runs a worker, and limits the pixels of a painting to what the device can hold.

import { ruleOutRuntimeAfter } from "./onnx_runtime.js";
import { pageData } from "./page_data.js";
import { PaintingWorkerClient } from "./painting_worker_client.js";
import { canvasReturnsTruePixels, photoPixels, sizeWithin } from "./photo_pixels.js";

/** Return null if this browser can run the painter, else the name of the page text that says why it cannot. */
export function whyBrowserCannotPaint() {
  if (!Object.keys(pageData.runtimes).length) return "why_no_runtime";
  if (!globalThis.WebAssembly || !WebAssembly.validate(SIMD_FUNCTION) || !globalThis.Worker) return "why_no_wasm";
  return canvasReturnsTruePixels() ? null : "why_canvas";
}

// A function that returns a 128-bit vector: a browser that accepts it has the SIMD instructions that the runtime needs.
const SIMD_FUNCTION = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
]);

const MAX_THREADS = 4;

/** Return how many threads run at once on this device. */
export function coreCount() {
  return navigator.hardwareConcurrency ?? 1;
}

export class BrowserPainter {
  inBrowser = true;
  #worker;

  constructor(threads = coreCount()) {
    this.#worker = new PaintingWorkerClient(Math.min(MAX_THREADS, threads));
  }

  /**
   * Paint a photo. Return { photo, painting, seconds, engine }; `photo` and `painting` are ImageData of one size.
   * The weights of a mixture are in `style.parts`, an array of { weights, share }. `brush` is the size of the largest
   * strokes, as a multiple of their size in training. `pixels` is the maximum number of pixels to paint.
   * @param {object} photo
   * @param {object} style
   * @param {{ signal: AbortSignal, progress: (what: object) => void, brush?: number, pixels?: number }} how
   */
  async paint(photo, style, { signal, progress, brush, pixels = maxPixels() }) {
    for (;;) {
      try {
        return await this.#paintAt(sizeWithin(photo.width, photo.height, pixels), photo, style, { signal, progress, brush });
      } catch (problem) {
        if (signal.aborted) throw problem;
        this.stop();
        if (ruleOutRuntimeAfter(problem)) continue;
        if (problem.code !== "no-memory" || pixels < MIN_PIXELS) throw problem;
        pixels = Math.min(pixels, photo.width * photo.height) / 2;
      }
    }
  }

  /** End the worker, and drop the painting under way. */
  stop() {
    this.#worker.stop();
  }

  async #paintAt([width, height], photo, style, { signal, progress, brush }) {
    const original = photoPixels(photo, width, height);
    const parts = style.parts ?? [{ weights: style.weights, share: 1 }];
    const job = { generator: style.generator, parts, width, height, pixels: original.data, brush };
    const report = (what) => reportProgress(what, progress, width, height);
    const { pixels, seconds, engine } = await this.#worker.paint(job, { signal, progress: report });
    return { photo: original, painting: new ImageData(pixels, width, height), seconds, engine };
  }
}

/** If painting runs out of memory with fewer pixels than this, it is not tried again at a smaller size. */
const MIN_PIXELS = 1 << 16;

/** Return the maximum number of pixels to paint, for which a device of this kind should have enough memory. */
function maxPixels() {
  const handheld = matchMedia("(pointer: coarse)").matches;
  const gigabytes = navigator.deviceMemory ?? (handheld ? 4 : 8);
  if (gigabytes < 1) return 4e5;
  // Painting takes some 40 bytes per pixel, most of them for the feature maps between two passes.
  return gigabytes >= 8 && !handheld ? 48e6 : gigabytes >= 4 ? 16e6 : 6e6;
}

function reportProgress(data, progress, width, height) {
  if (data.coarse) progress({ coarse: new ImageData(data.coarse, data.width, data.height), width, height });
  else if (data.rows) progress({ top: data.top, rows: data.rows });
  else if (data.starting) progress({ phase: "starting" });
  else if ("fetching" in data) progress({ phase: "fetching", done: data.fetching, total: data.total });
  else progress({ phase: "painting", share: data.share });
}
