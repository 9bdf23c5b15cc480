// Loads onnxruntime-web, which runs the generators. It is fetched and compiled once for all workers of the page.

import { fetchBytes } from "./file_downloads.js";
import { pageData, Problem } from "./page_data.js";

const compiledRuntimes = new Map(); // name → promise of the compiled WebAssembly

const ruledOut = new Set(); // names of runtimes that are not used any more

/** Return the name of the best runtime for this browser that is not ruled out. */
export async function chooseRuntime() {
  const names = remainingRuntimes();
  return names.includes("webgpu") && (await hasWebgpu()) ? "webgpu" : names.includes("wasm") ? "wasm" : names[0];
}

/** Rule out a runtime: it is not used any more. */
export function ruleOutRuntime(name) {
  ruledOut.add(name);
}

/** Rule out WebGPU if a problem occurred with it. Return whether to try again with another runtime. */
export function ruleOutRuntimeAfter({ code, values }) {
  if (values?.engine !== "webgpu" || code === "model-missing") return false;
  ruleOutRuntime("webgpu");
  return remainingRuntimes().length > 0;
}

function remainingRuntimes() {
  return Object.keys(pageData.runtimes).filter((name) => !ruledOut.has(name));
}

/** Return a runtime ready for workers: its name, the addresses of its scripts, and the compiled WebAssembly. */
export async function loadRuntime(name, progress = () => {}) {
  const { module, loader, binary, bytes } = pageData.runtimes[name];
  if (!compiledRuntimes.has(name)) {
    compiledRuntimes.set(name, fetchAndCompile(binary, bytes, progress));
    compiledRuntimes.get(name).catch(() => compiledRuntimes.delete(name)); // the next painting tries again
  }
  return { name, module: absoluteAddress(module), loader: absoluteAddress(loader), program: await compiledRuntimes.get(name) };
}

async function fetchAndCompile(binary, bytes, progress) {
  const file = await fetchBytes(binary, bytes, progress);
  progress({ starting: true });
  return WebAssembly.compile(file).catch(() => {
    throw new Problem("no-memory");
  });
}

/** Tell whether the browser has WebGPU on a real graphics processor, and JSPI, so that WebAssembly can wait for it. */
async function hasWebgpu() {
  if (!("Suspending" in WebAssembly)) return false;
  try {
    const adapter = await navigator.gpu?.requestAdapter();
    return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
  } catch {
    return false;
  }
}

/** Return an absolute address, because workers do not resolve addresses relative to the page. */
export function absoluteAddress(address) {
  return new URL(address, document.baseURI).href;
}
