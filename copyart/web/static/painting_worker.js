// The worker that paints with onnxruntime-web in a separate thread. It does not send the photo anywhere.
//
// A job is a message { id, runtime, generator: { address, file }, styles: [{ address, file, share }], width, height,
// pixels (RGBA), brush }. The worker answers with { starting }, { coarse (RGBA), width, height } if strokes are
// enlarged, any number of { share } and { top, rows (RGBA) }, and { done, pixels (RGBA), seconds, engine } or
// { problem, engine }, each with the id. The message { stop: id } stops that job and all earlier ones, between strips.

import { coarseSize, LargeStrokes, reducePhoto } from "./large_strokes.js";
import { mirrorPad, paddedSide, rgbaToRgb, rgbToRgba } from "./pixel_arrays.js";
import { StripPainter } from "./strip_painter.js";
import { StylesTooDifferentError, mixWeights, readStyleFile } from "./style_file.js";

const YIELD_INTERVAL = 30; // milliseconds between two checks for new messages

let queue = Promise.resolve();
let lastStoppedJob = 0; // jobs up to this one are stopped
/** @type {{ ort: any, name: string } | null} the runtime, once it is loaded */
let engine = null;
/** @type {{ address: string, painter: StripPainter } | null} the generator that is open */
let openedGenerator = null;
/** @type {Map<string, import("./strip_painter.js").Weights>} address → weights, of the styles of the last job */
let openStyles = new Map();

onmessage = ({ data }) => {
  if (data.stop) lastStoppedJob = Math.max(lastStoppedJob, data.stop);
  else queue = queue.then(() => runJob(data));
};

async function runJob(job) {
  const answer = (message, transferred = []) => postMessage({ ...message, id: job.id }, transferred);
  try {
    await new Job(job, answer).run();
  } catch (error) {
    if (!(error instanceof StoppedError)) answer({ problem: problemCode(error), engine: engine?.name });
  }
}

class Job {
  #job;
  #answer;
  #lastYield = performance.now();

  constructor(job, answer) {
    this.#job = job;
    this.#answer = answer;
  }

  async run() {
    const { generator, styles } = this.#job;
    await this.#yieldToMessages();
    if (!engine) this.#answer({ starting: true });
    engine ??= await startEngine(this.#job.runtime);
    const painter = await openGenerator(generator);
    openStyles = new Map(styles.map(({ address, file }) => [address, openStyles.get(address) ?? readStyleFile(file)]));
    const parts = styles.map(({ address, share }) => ({ weights: openStyles.get(address), share }));
    const start = performance.now();
    const pixels = await this.#paintWithLargeStrokes(painter, mixWeights(parts));
    const seconds = (performance.now() - start) / 1000;
    this.#answer({ done: true, pixels, seconds, engine: engine.name }, [pixels.buffer]);
  }

  /** Paint the photo strip by strip; if its strokes are to be enlarged, paint it small first. */
  async #paintWithLargeStrokes(painter, mixture) {
    const { width, height, pixels, brush } = this.#job;
    const photo = { data: rgbaToRgb(pixels), width, height };
    const size = coarseSize(width, height, brush);
    if (!size) return rgbToRgba(await this.#paintOnce(painter, photo, mixture, 0));
    const small = (size[0] * size[1]) / (size[0] * size[1] + width * height);
    const [columns, rows] = size;
    const painted = await this.#paintOnce(painter, reducePhoto(photo, ...size), mixture, 0, small);
    const coarse = { data: painted, width: columns, height: rows };
    const shown = rgbToRgba(coarse.data);
    this.#answer({ coarse: shown, width: columns, height: rows }, [shown.buffer]);
    const strokes = new LargeStrokes(coarse, width, height);
    const result = await this.#paintOnce(painter, photo, mixture, small, 1, (painting, received) => {
      const [top, bottom] = strokes.finishRows(painting, received);
      const strip = rgbToRgba(painting.subarray(top * width * 3, bottom * width * 3));
      this.#answer({ top, rows: strip }, [strip.buffer]);
    });
    return rgbToRgba(result);
  }

  /**
   * Paint a picture, { data (RGB), width, height }, and report progress: a fraction that rises from `from` to `to`.
   * `received` is called after each strip, with the painting and the number of its rows that are painted.
   * @param {(painting: Uint8Array, rows: number) => void} received
   */
  async #paintOnce(painter, { data, width, height }, mixture, from, to = 1, received = (_painting, _rows) => {}) {
    const [rows, columns] = [paddedSide(height), paddedSide(width)];
    const photo = { data: mirrorPad(data, width, height, columns, rows), width: columns, height: rows };
    const painting = new Uint8Array(width * height * 3);
    await painter.paint(photo, mixture, {
      progress: (share) => this.#yieldToMessages({ share: from + (to - from) * share }),
      painted: (top, strip) => {
        const bottom = Math.min(height, top + strip.length / 3 / columns);
        for (let row = top; row < bottom; row++) {
          const start = (row - top) * columns * 3;
          painting.set(strip.subarray(start, start + width * 3), row * width * 3);
        }
        received(painting, bottom);
      },
    });
    return painting;
  }

  /** Report progress, and let messages arrive. Throw `StoppedError` if a message has stopped the job. */
  async #yieldToMessages(step) {
    if (step) this.#answer(step);
    if (step && performance.now() - this.#lastYield < YIELD_INTERVAL) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#lastYield = performance.now();
    if (this.#job.id <= lastStoppedJob) throw new StoppedError();
  }
}

async function startEngine({ name, module, loader, program, threads }) {
  const ort = await import(module).catch(() => {
    throw new ModelFileMissingError(module);
  });
  useCompiledModule(program);
  ort.env.wasm.wasmPaths = { mjs: loader };
  ort.env.wasm.wasmBinary = new ArrayBuffer(1); // a placeholder: see useCompiledModule
  ort.env.wasm.numThreads = self.crossOriginIsolated ? threads : 1;
  ort.env.logLevel = "error";
  return { ort, name };
}

/** Make the runtime use the WebAssembly that the page compiled for all workers, so that no worker compiles it again. */
function useCompiledModule(program) {
  const instantiate = WebAssembly.instantiate;
  /** @type {any} for both ways to call it */ (WebAssembly).instantiate = async (source, imports) => {
    if (source instanceof WebAssembly.Module) return instantiate(source, imports);
    return { module: program, instance: await instantiate(program, imports) };
  };
}

async function openGenerator({ address, file }) {
  if (openedGenerator?.address === address) return openedGenerator.painter;
  await openedGenerator?.painter.release();
  openedGenerator = null;
  const painter = await StripPainter.open(engine.ort, file, {
    executionProviders: [engine.name],
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3, // else it warns that small operations run on the CPU
  });
  openedGenerator = { address, painter };
  return painter;
}

class ModelFileMissingError extends Error {}
class StoppedError extends Error {}

function problemCode(error) {
  if (error instanceof ModelFileMissingError) return "model-missing";
  if (error instanceof StylesTooDifferentError) return "unlike";
  const memory = /memory|bad_alloc|allocat|OOM/i.test(String(error?.message ?? error)) || error instanceof RangeError;
  return memory ? "no-memory" : "broken";
}
