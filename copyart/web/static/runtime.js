// What the browser computes with, onnxruntime-web: fetched and compiled once, for all workers of the page.

import { fetched } from "./fetching.js";
import { known, Problem } from "./page_data.js";

const compiled = new Map(); // name → promise of the compiled WebAssembly

/** Return the name of the best runtime that this browser has, of those that are not ruled out. */
export async function bestRuntime(ruledOut = []) {
  const names = Object.keys(known.runtimes).filter((name) => !ruledOut.includes(name));
  return names.includes("webgpu") && (await hasWebgpu()) ? "webgpu" : names.includes("wasm") ? "wasm" : names[0];
}

/** Return a runtime ready for workers: its name, the addresses of its scripts, and the compiled WebAssembly. */
export async function runtime(name, progress = () => {}) {
  const { module, loader, binary, bytes } = known.runtimes[name];
  if (!compiled.has(name)) {
    compiled.set(name, compiledFrom(binary, bytes, progress));
    compiled.get(name).catch(() => compiled.delete(name)); // the next painting tries again
  }
  return { name, module: absolute(module), loader: absolute(loader), program: await compiled.get(name) };
}

async function compiledFrom(binary, bytes, progress) {
  const file = await fetched(binary, bytes, progress);
  progress({ starting: true });
  return WebAssembly.compile(file).catch(() => {
    throw new Problem("no-memory");
  });
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

/** Return an address that a worker understands: it has no page to start from. */
export function absolute(address) {
  return new URL(address, document.baseURI).href;
}
