// The painter in this browser: keeps the worker, and knows how large a photo may be.

import { known, Problem } from "./page_data.js";
import { canReadBack, pixelsOf, sizeWithin } from "./photo.js";

/** Return null where this browser can paint by itself, or else the word that says why not, whatever the style. */
export function whyNot() {
  if (!Object.keys(known.runtimes).length) return "why_no_runtime";
  if (!globalThis.WebAssembly || !WebAssembly.validate(WIDE) || !globalThis.Worker) return "why_no_wasm";
  return canReadBack() ? null : "why_canvas";
}

// A function that returns a 128-bit vector: browsers that know it have the instructions that the runtime is made of.
const WIDE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
]);

export const absolute = (address) => new URL(address, document.baseURI).href;

export class BrowserPainter {
  here = true;
  #worker = null;
  #runtimes = Object.entries(known.runtimes);
  #threads;

  constructor(threads = cores()) {
    this.#threads = Math.min(4, threads);
  }

  /**
   * Paint a photo; resolves to { photo, painting } as ImageData of one size, and seconds. A style may have `parts`,
   * { weights, share } each, which are mixed; `pixels` are painted at most.
   */
  async paint(photo, style, { signal, progress, pixels = most() }) {
    for (;;) {
      try {
        return await this.#paintAt(sizeWithin(photo.width, photo.height, pixels), photo, style, { signal, progress });
      } catch (problem) {
        if (signal.aborted) throw problem; // its worker is stopped; the one there now may be the next painting's
        this.stop();
        if (this.#withoutGraphics(problem)) continue;
        if (problem.code !== "no-memory" || pixels < LEAST) throw problem;
        pixels = Math.min(pixels, photo.width * photo.height) / 2;
      }
    }
  }

  /** Where a graphics processor has failed, leave it alone from now on; tell whether there is another way. */
  #withoutGraphics({ code, values }) {
    if (values?.engine !== "webgpu" || code === "model-missing") return false;
    this.#runtimes = this.#runtimes.filter(([name]) => name !== "webgpu");
    return this.#runtimes.length > 0;
  }

  async #paintAt([width, height], photo, style, { signal, progress }) {
    const original = pixelsOf(photo, width, height);
    const pixels = original.data.slice();
    const generator = { ...style.generator, address: absolute(style.generator.address) };
    const parts = style.parts ?? [{ weights: style.weights, share: 1 }];
    const styles = parts.map(({ weights, share }) => ({ ...weights, address: absolute(weights.address), share }));
    const job = { id: 0, runtimes: addresses(this.#runtimes), threads: this.#threads, generator, styles, width, height, pixels };
    const { pixels: painted, seconds, engine } = await this.#ask(job, [pixels.buffer], signal, progress);
    return { photo: original, painting: new ImageData(painted, width, height), seconds, engine };
  }

  #ask(job, transferred, signal, progress) {
    const { width, height } = job;
    const worker = (this.#worker ??= new Worker(new URL("worker.js", import.meta.url), { type: "module" }));
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.stop();
        reject(signal.reason);
      };
      if (signal.aborted) return stop();
      signal.addEventListener("abort", stop, { once: true });
      // Without a message it is the script that could not be fetched.
      worker.onerror = ({ message }) => reject(new Problem(message ? "broken" : "model-missing"));
      worker.onmessage = ({ data }) => {
        if (data.problem) reject(new Problem(data.problem, { engine: data.engine }));
        else if (data.pixels) resolve(data);
        else tell(data, progress, width, height);
        if (data.problem || data.pixels) signal.removeEventListener("abort", stop);
      };
      worker.postMessage(job, transferred);
    });
  }

  /** End the worker; what it paints is lost. */
  stop() {
    this.#worker?.terminate();
    this.#worker = null;
  }
}

/** Return how many threads run at once on this device. */
export function cores() {
  return navigator.hardwareConcurrency ?? 1;
}

/** Pixels below which a smaller photo would not help any more. */
const LEAST = 1 << 16;

/** Return how many pixels are painted at most: what a device of its kind surely has the memory for. */
function most() {
  const handheld = matchMedia("(pointer: coarse)").matches;
  const gigabytes = navigator.deviceMemory ?? (handheld ? 4 : 8);
  if (gigabytes < 1) return 4e5;
  // Painting takes some 40 bytes a pixel, most of them for the feature maps between two passes.
  return gigabytes >= 8 && !handheld ? 48e6 : gigabytes >= 4 ? 16e6 : 6e6;
}

/** Return runtimes, [name, files] each, with absolute addresses: a worker has no page to start from. */
export function addresses(runtimes) {
  const rows = runtimes.map(([name, { module, loader, binary, bytes }]) => [
    name,
    { module: absolute(module), loader: absolute(loader), binary: absolute(binary), bytes },
  ]);
  return Object.fromEntries(rows);
}

function tell(data, progress, width, height) {
  if (data.coarse) progress({ coarse: new ImageData(data.coarse, data.width, data.height), width, height });
  else if (data.rows) progress({ top: data.top, rows: data.rows });
  else if (data.starting) progress({ phase: "starting" });
  else if ("fetching" in data) progress({ phase: "fetching", done: data.fetching, total: data.total });
  else progress({ phase: "painting", share: data.share });
}
