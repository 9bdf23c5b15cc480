// Paints in a thread of its own, with onnxruntime-web; the photo goes no further than here.
//
// It is told { runtimes, model, width, height, pixels (RGBA) }, all addresses absolute, and answers, in this order,
// { fetching: bytes, total } …, { starting }, { share } …, { pixels (RGBA), seconds, engine }; or { problem }.

import { addLargeStrokes, coarseSize, reduced } from "./strokes.js";

const MULTIPLE = 4; // sides go in as multiples of 4, and of 16 pixels at least: copyart/engine/padding.py
const SMALLEST = 16;

onmessage = async ({ data: job }) => {
  try {
    await paint(job);
  } catch (error) {
    postMessage({ problem: codeOf(error), engine: runtime?.name });
  }
};

let runtime = null; // what computes, once it is loaded
let loaded = null; // the artist whose model is loaded: { address, parts }

async function paint(job) {
  const awaited = { done: 0, total: 0 }; // bytes that this painting has to wait for
  if (loaded?.address !== job.model.address) awaited.total += job.model.bytes;
  runtime ??= await startedRuntime(job, awaited);
  if (loaded?.address !== job.model.address) await load(job.model, awaited);
  const start = performance.now();
  const pixels = await painted(job);
  const answer = { pixels, seconds: (performance.now() - start) / 1000, engine: runtime.name };
  postMessage(answer, [pixels.buffer]);
}

async function startedRuntime({ runtimes }, awaited) {
  const name = runtimes.webgpu && (await hasWebgpu()) ? "webgpu" : "wasm";
  const { module, loader, binary, bytes } = runtimes[name] ?? Object.values(runtimes)[0];
  awaited.total += bytes;
  const wasmBinary = await fetched(binary, bytes, awaited);
  postMessage({ starting: true });
  const ort = await import(module).catch(() => {
    throw new Missing(module);
  });
  ort.env.wasm.wasmPaths = { mjs: loader, wasm: binary };
  ort.env.wasm.wasmBinary = wasmBinary.buffer;
  ort.env.wasm.numThreads = self.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency ?? 1) : 1;
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

/** Fetch a style and make a session of each of its parts: the layout stands in copyart/web/page/browser_model.py. */
async function load({ address, bytes }, awaited) {
  await forget();
  const file = await fetched(address, bytes, awaited);
  postMessage({ starting: true });
  const length = new DataView(file.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(file.subarray(4, 4 + length)));
  const parts = [];
  let start = 4 + length;
  for (const [place, part] of head.parts.entries()) {
    const inside = place < head.parts.length - 1 && runtime.name === "webgpu";
    const session = await runtime.ort.InferenceSession.create(file.subarray(start, start + part.bytes), {
      executionProviders: [runtime.name],
      enableCpuMemArena: false,
      enableMemPattern: false,
      logSeverityLevel: 3, // it would tell that small sums are done on the processor
      ...(inside && { preferredOutputLocation: "gpu-buffer" }),
    });
    parts.push({ ...part, session });
    start += part.bytes;
  }
  loaded = { address, parts };
}

async function forget() {
  for (const { session } of loaded?.parts ?? []) await session.release();
  loaded = null;
}

/** Paint RGBA, and give it strokes that can be seen. */
async function painted({ width, height, pixels }) {
  const photo = { data: withoutAlpha(pixels), width, height };
  const size = coarseSize(width, height);
  const all = size ? width * height + size[0] * size[1] : width * height;
  const result = await paintedAt(photo, 0, (width * height) / all);
  if (size) addLargeStrokes(result, await paintedAt(reduced(photo, ...size), (width * height) / all, 1));
  return opaque(result.data);
}

/** Paint a picture, { data (RGB), width, height }, telling the share that is done, from one number to another. */
async function paintedAt({ data, width, height }, from, to) {
  const [rows, columns] = [padded(height), padded(width)];
  let value = new runtime.ort.Tensor("uint8", mirrored(data, width, height, columns, rows), [rows, columns, 3]);
  let done = 0;
  postMessage({ share: from });
  for (const { session, input, output, share } of loaded.parts) {
    const { [output]: next } = await session.run({ [input]: value });
    value.dispose();
    value = next;
    done += share;
    postMessage({ share: from + (to - from) * done });
  }
  const result = cut(await value.getData(), width, height, columns);
  value.dispose();
  return { data: result, width, height };
}

function padded(side) {
  return Math.max(SMALLEST, Math.ceil(side / MULTIPLE) * MULTIPLE);
}

/** Return RGB mirrored to the right and below, up to the sides given. */
function mirrored(data, width, height, columns, rows) {
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
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) throw new Missing(address);
  const result = new Uint8Array(size);
  let done = 0;
  try {
    for await (const chunk of chunksOf(answer.body)) {
      result.set(chunk, done);
      done += chunk.length;
      awaited.done += chunk.length;
      postMessage({ fetching: awaited.done, total: awaited.total });
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
