// Paints in a thread of its own, with onnxruntime-web; the photo goes no further than here.
//
// It is told { id, runtime, generator: { address, file }, styles: [{ address, file, share }], width, height, pixels (RGBA),
// brush }, and answers { starting }, { coarse: RGBA, width, height } where strokes are enlarged, { share },
// { top, rows (RGBA) } …, and { done, pixels (RGBA), seconds, engine }; or { problem }; each with the id.
// `{ stop: id }` stops a job, between two of its strips, and all that were asked before.

import { mirrored, opaque, padded, withoutAlpha } from "./pixels.js";
import { coarseSize, LargeStrokes, reduced } from "./strokes.js";
import { mixed, readStyle, Unlike } from "./style_file.js";
import { StripPainter } from "./strip_painter.js";

const OFTEN = 30; // milliseconds between two looks at what has come in meanwhile

let turn = Promise.resolve();
let stopped = 0; // jobs up to this one are stopped
/** @type {{ ort: any, name: string } | null} what computes, once it is loaded */
let engine = null;
/** @type {{ address: string, painter: StripPainter } | null} the generator that is open */
let opened = null;
/** @type {Map<string, import("./strip_painter.js").Weights>} address → weights, of the styles of the last job */
let weights = new Map();

onmessage = ({ data }) => {
  if (data.stop) stopped = Math.max(stopped, data.stop);
  else turn = turn.then(() => work(data));
};

async function work(job) {
  const answer = (message, transferred = []) => postMessage({ ...message, id: job.id }, transferred);
  try {
    await new Job(job, answer).run();
  } catch (error) {
    if (!(error instanceof Stopped)) answer({ problem: codeOf(error), engine: engine?.name });
  }
}

class Job {
  #job;
  #answer;
  #looked = performance.now();

  constructor(job, answer) {
    this.#job = job;
    this.#answer = answer;
  }

  async run() {
    const { generator, styles } = this.#job;
    await this.#breath();
    if (!engine) this.#answer({ starting: true });
    engine ??= await startedEngine(this.#job.runtime);
    const painter = await openedGenerator(generator);
    weights = new Map(styles.map(({ address, file }) => [address, weights.get(address) ?? readStyle(file)]));
    const parts = styles.map(({ address, share }) => ({ weights: weights.get(address), share }));
    const start = performance.now();
    const pixels = await this.#painted(painter, mixed(parts));
    const seconds = (performance.now() - start) / 1000;
    this.#answer({ done: true, pixels, seconds, engine: engine.name }, [pixels.buffer]);
  }

  /** Paint: first small, where large strokes are to be seen, then whole, strip by strip. */
  async #painted(painter, mixture) {
    const { width, height, pixels, brush } = this.#job;
    const photo = { data: withoutAlpha(pixels), width, height };
    const size = coarseSize(width, height, brush);
    if (!size) return opaque(await this.#whole(painter, photo, mixture, 0));
    const small = (size[0] * size[1]) / (size[0] * size[1] + width * height);
    const [columns, rows] = size;
    const coarse = { data: await this.#whole(painter, reduced(photo, ...size), mixture, 0, small), width: columns, height: rows };
    const shown = opaque(coarse.data);
    this.#answer({ coarse: shown, width: columns, height: rows }, [shown.buffer]);
    const strokes = new LargeStrokes(coarse, width, height);
    const result = await this.#whole(painter, photo, mixture, small, 1, (painting, received) => {
      const [top, bottom] = strokes.finish(painting, received);
      const strip = opaque(painting.subarray(top * width * 3, bottom * width * 3));
      this.#answer({ top, rows: strip }, [strip.buffer]);
    });
    return opaque(result);
  }

  /**
   * Paint a picture, { data (RGB), width, height }, telling the share that is done, from one number to another.
   * `received` is called with the painting and how many of its rows are there.
   * @param {(painting: Uint8Array, rows: number) => void} received
   */
  async #whole(painter, { data, width, height }, mixture, from, to = 1, received = (_painting, _rows) => {}) {
    const [rows, columns] = [padded(height), padded(width)];
    const photo = { data: mirrored(data, width, height, columns, rows), width: columns, height: rows };
    const painting = new Uint8Array(width * height * 3);
    await painter.paint(photo, mixture, {
      progress: (share) => this.#breath({ share: from + (to - from) * share }),
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

  /** Tell how far it is, and let a message come in that stops the job. */
  async #breath(told) {
    if (told) this.#answer(told);
    if (told && performance.now() - this.#looked < OFTEN) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#looked = performance.now();
    if (this.#job.id <= stopped) throw new Stopped();
  }
}

async function startedEngine({ name, module, loader, program, threads }) {
  const ort = await import(module).catch(() => {
    throw new Missing(module);
  });
  shareCompiled(program);
  ort.env.wasm.wasmPaths = { mjs: loader };
  ort.env.wasm.wasmBinary = new ArrayBuffer(1); // the page has compiled it: see shareCompiled
  ort.env.wasm.numThreads = self.crossOriginIsolated ? threads : 1;
  ort.env.logLevel = "error";
  return { ort, name };
}

/** The runtime would compile its WebAssembly in every worker; it gets what the page has compiled once for all of them. */
function shareCompiled(program) {
  const instantiate = WebAssembly.instantiate;
  /** @type {any} the two ways to call it */ (WebAssembly).instantiate = async (source, imports) => {
    if (source instanceof WebAssembly.Module) return instantiate(source, imports);
    return { module: program, instance: await instantiate(program, imports) };
  };
}

async function openedGenerator({ address, file }) {
  if (opened?.address === address) return opened.painter;
  await opened?.painter.release();
  opened = null;
  const painter = await StripPainter.open(engine.ort, file, {
    executionProviders: [engine.name],
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3, // it would tell that small sums are done on the processor
  });
  opened = { address, painter };
  return painter;
}

class Missing extends Error {}
class Stopped extends Error {}

function codeOf(error) {
  if (error instanceof Missing) return "model-missing";
  if (error instanceof Unlike) return "unlike";
  const memory = /memory|bad_alloc|allocat|OOM/i.test(String(error?.message ?? error)) || error instanceof RangeError;
  return memory ? "no-memory" : "broken";
}
