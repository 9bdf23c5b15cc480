// Paints in a thread of its own, with onnxruntime-web; the photo goes no further than here.
//
// It is told { id, runtimes, threads, generator, styles: [{ address, bytes, share }], width, height, pixels (RGBA),
// whole }, all addresses absolute, and answers, in this order, { fetching: bytes, total } …, { starting },
// { coarse: RGBA, width, height } where the photo is large, { share, top, rows (RGBA) } …,
// { pixels (RGBA), seconds, engine }; or { problem }; each with the id.

import { addLargeStrokes, coarseSize, reduced } from "./strokes.js";
import { mixed, readStyle } from "./style_file.js";
import { StripPainter } from "./strip_painter.js";

const MULTIPLE = 4; // sides go in as multiples of 4, and of 16 pixels at least: copyart/engine/padding.py
const SMALLEST = 16;
const KEPT = 48; // styles whose weights are kept in memory, 1.4 MB each

onmessage = async ({ data: job }) => {
  answer = (message, transferred = []) => postMessage({ ...message, id: job.id }, transferred);
  try {
    await paint(job);
  } catch (error) {
    answer({ problem: codeOf(error), engine: runtime?.name });
  }
};

/** @type {(message: object, transferred?: Transferable[]) => void} */
let answer;
/** @type {{ ort: any, name: string } | null} what computes, once it is loaded */
let runtime = null;
/** @type {{ address: string, painter: StripPainter } | null} the generator that is open */
let opened = null;
/** @type {Map<string, import("./strip_painter.js").Weights>} address → weights */
const styles = new Map();

async function paint(job) {
  const missing = job.styles.filter(({ address }) => !styles.has(address));
  const files = opened?.address === job.generator.address ? missing : [job.generator, ...missing];
  const awaited = { done: 0, total: files.reduce((sum, { bytes }) => sum + bytes, 0) }; // bytes to wait for
  runtime ??= await startedRuntime(job, awaited);
  const painter = await generator(job.generator, awaited);
  for (const { address, bytes } of missing) styles.set(address, readStyle(await fetched(address, bytes, awaited)));
  const parts = job.styles.map(({ address, share }) => ({ weights: styles.get(address), share }));
  for (const address of [...styles.keys()].slice(0, -KEPT)) styles.delete(address);
  const start = performance.now();
  const pixels = await painted(job, painter, mixed(parts));
  answer({ pixels, seconds: (performance.now() - start) / 1000, engine: runtime.name }, [pixels.buffer]);
}

async function startedRuntime({ runtimes, threads }, awaited) {
  const name = runtimes.webgpu && (await hasWebgpu()) ? "webgpu" : "wasm";
  const { module, loader, binary, bytes } = runtimes[name] ?? Object.values(runtimes)[0];
  awaited.total += bytes;
  const wasmBinary = await fetched(binary, bytes, awaited);
  answer({ starting: true });
  const ort = await import(module).catch(() => {
    throw new Missing(module);
  });
  ort.env.wasm.wasmPaths = { mjs: loader, wasm: binary };
  ort.env.wasm.wasmBinary = wasmBinary.buffer;
  ort.env.wasm.numThreads = self.crossOriginIsolated ? threads : 1;
  ort.env.logLevel = "error";
  return { ort, name };
}

/** Tell whether WebGPU is there, on a real graphics processor, and WebAssembly that can wait for it. */
async function hasWebgpu() {
  if (!("Suspending" in WebAssembly)) return false;
  try {
    const adapter = await navigator.gpu?.requestAdapter();
    return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
  } catch {
    return false;
  }
}

/** Fetch and open a generator. */
async function generator({ address, bytes }, awaited) {
  if (opened?.address === address) return opened.painter;
  await opened?.painter.release();
  opened = null;
  const file = await fetched(address, bytes, awaited);
  answer({ starting: true });
  const painter = await StripPainter.open(runtime.ort, file, {
    executionProviders: [runtime.name],
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3, // it would tell that small sums are done on the processor
  });
  opened = { address, painter };
  return painter;
}

/** Paint RGBA: first small, with the large strokes that are seen in a photo of any size, then whole. */
async function painted({ width, height, pixels }, painter, weights) {
  const photo = { data: withoutAlpha(pixels), width, height };
  const size = coarseSize(width, height);
  if (!size) return opaque((await paintedAt(photo, painter, weights, 0, 1)).data);
  const small = (size[0] * size[1]) / (size[0] * size[1] + width * height);
  const coarse = await paintedAt(reduced(photo, ...size), painter, weights, 0, small);
  const shown = opaque(coarse.data);
  answer({ coarse: shown, width: size[0], height: size[1] }, [shown.buffer]);
  const result = await paintedAt(photo, painter, weights, small, 1, (top, rows, columns) => {
    const own = cut(rows, width, Math.min(rows.length / 3 / columns, height - top), columns);
    const strip = opaque(own);
    answer({ top, rows: strip }, [strip.buffer]);
  });
  addLargeStrokes(result, coarse);
  return opaque(result.data);
}

/** Paint a picture, { data (RGB), width, height }, telling the share that is done, from one number to another. */
async function paintedAt({ data, width, height }, painter, weights, from, to, strip) {
  const [rows, columns] = [padded(height), padded(width)];
  const photo = { data: mirrored(data, width, height, columns, rows), width: columns, height: rows };
  answer({ share: from });
  const progress = (share) => answer({ share: from + (to - from) * share });
  const painting = await painter.paint(photo, weights, progress, strip && ((top, part) => strip(top, part, columns)));
  return { data: cut(painting.data, width, height, columns), width, height };
}

function padded(side) {
  return Math.max(SMALLEST, Math.ceil(side / MULTIPLE) * MULTIPLE);
}

/** Return RGB mirrored to the right and below, up to the sides given. */
function mirrored(data, width, height, columns, rows) {
  if (columns === width && rows === height) return data;
  const [across, down] = [reflections(columns, width), reflections(rows, height)];
  const result = new Uint8Array(rows * columns * 3);
  let at = 0;
  for (const row of down) {
    for (const column of across) {
      const from = (row * width + column) * 3;
      result[at++] = data[from];
      result[at++] = data[from + 1];
      result[at++] = data[from + 2];
    }
  }
  return result;
}

function reflections(count, side) {
  const period = Math.max(2 * (side - 1), 1);
  return Array.from({ length: count }, (_, place) => (side > 1 ? side - 1 - Math.abs((place % period) - (side - 1)) : 0));
}

/** Return RGB without what was mirrored to the right and below. */
function cut(rgb, width, height, columns) {
  if (columns === width && rgb.length === width * height * 3) return rgb;
  const result = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    result.set(rgb.subarray(row * columns * 3, (row * columns + width) * 3), row * width * 3);
  }
  return result;
}

/** Return RGB from RGBA. */
function withoutAlpha(rgba) {
  const result = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    result[to++] = rgba[from];
    result[to++] = rgba[from + 1];
    result[to++] = rgba[from + 2];
  }
  return result;
}

/** Return RGBA from RGB. */
function opaque(rgb) {
  const result = new Uint8ClampedArray((rgb.length / 3) * 4);
  for (let from = 0, to = 0; from < rgb.length; ) {
    result[to++] = rgb[from++];
    result[to++] = rgb[from++];
    result[to++] = rgb[from++];
    result[to++] = 255;
  }
  return result;
}

/** Fetch bytes, telling how many are there; `size` is what they come to, whatever the host compresses. */
async function fetched(address, size, awaited) {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw new Missing(address);
  const result = new Uint8Array(size);
  let done = 0;
  try {
    for await (const chunk of chunksOf(response.body)) {
      result.set(chunk, done);
      done += chunk.length;
      awaited.done += chunk.length;
      answer({ fetching: awaited.done, total: awaited.total });
    }
  } catch {
    throw new Missing(address);
  }
  if (done !== size) throw new Missing(address);
  return result;
}

async function* chunksOf(body) {
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

class Missing extends Error {}

function codeOf(error) {
  if (error instanceof Missing) return "model-missing";
  const memory = /memory|bad_alloc|allocat|OOM/i.test(String(error?.message ?? error)) || error instanceof RangeError;
  return memory ? "no-memory" : "broken";
}
