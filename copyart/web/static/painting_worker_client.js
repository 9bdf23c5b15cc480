// The page's side of a painting worker: sends jobs to the worker, which paints them in turn, and can stop each job.

import { combinedProgress, fetchIntoMemory } from "./file_downloads.js";
import { chooseRuntime, loadRuntime } from "./onnx_runtime.js";
import { Problem } from "./page_data.js";

export class PaintingWorkerClient {
  #worker = null;
  #runtimeName = null; // of the worker
  #jobs = new Map(); // id → function that handles the worker's answers
  #lastJobId = 0;
  #threadCount;

  /** @param {number} threads that the worker may use */
  constructor(threads) {
    this.#threadCount = threads;
  }

  /**
   * Paint a picture. Return { pixels (RGBA), seconds, engine }.
   * @param {object} job { generator, parts: [{ weights, share }], width, height, pixels (RGBA) }
   * @param {{ signal?: AbortSignal, progress?: (what: object) => void }} [options]
   */
  async paint({ generator, parts, ...picture }, { signal, progress = () => {} } = {}) {
    const files = [generator, ...parts.map(({ weights }) => weights)];
    const [engine, opened, ...styles] = await this.#fetchFiles(files, progress);
    signal?.throwIfAborted();
    const shared = styles.map((style, place) => ({ ...style, share: parts[place].share }));
    return this.#sendJob({ runtime: engine, generator: opened, styles: shared, ...picture }, signal, progress);
  }

  /** End the worker, and drop all of its jobs. */
  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#jobs.clear();
  }

  async #fetchFiles(files, progress) {
    const [name, progressOfFile] = [await chooseRuntime(), combinedProgress(progress)];
    const own = files.map(async ({ address, bytes }) => {
      return { address, file: await fetchIntoMemory(address, bytes, progressOfFile()) };
    });
    const engine = loadRuntime(name, progressOfFile()).then((found) => ({ ...found, threads: this.#threadCount }));
    return Promise.all([engine, ...own]);
  }

  #sendJob(job, signal, progress) {
    const id = ++this.#lastJobId;
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#worker?.postMessage({ stop: id });
        this.#jobs.delete(id);
        reject(signal.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.#jobs.set(id, (answer) => {
        if (!answer.problem && !answer.done) return progress?.(answer);
        this.#jobs.delete(id);
        signal?.removeEventListener("abort", stop);
        if (answer.problem) reject(new Problem(answer.problem, { engine: answer.engine }));
        else resolve(answer);
      });
      this.#startedWorker(job.runtime.name).postMessage({ id, ...job });
    });
  }

  #startedWorker(runtimeName) {
    if (this.#worker && this.#runtimeName === runtimeName) return this.#worker;
    this.#worker?.terminate();
    this.#runtimeName = runtimeName;
    this.#worker = new Worker(new URL("painting_worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#jobs.get(data.id)?.(data);
    // An error without a message means that the script could not be fetched.
    this.#worker.onerror = ({ message }) => {
      const jobs = [...this.#jobs.values()];
      this.stop();
      for (const answered of jobs) answered({ problem: message ? "broken" : "model-missing" });
    };
    return this.#worker;
  }
}
