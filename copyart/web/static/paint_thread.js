// A worker that paints, as the page sees it: one job after the other, each of which can be stopped.

import { fetchedOnce, together } from "./fetching.js";
import { Problem } from "./page_data.js";
import { bestRuntime, runtime } from "./runtime.js";

export class PaintThread {
  #worker = null;
  #jobs = new Map(); // number → what to do with the worker's answers
  #last = 0;
  #threads;
  #ruledOut;

  /**
   * @param {number} threads that the worker may use
   * @param {string[]} ruledOut names of the runtimes that it must not use
   */
  constructor(threads, ruledOut = []) {
    this.#threads = threads;
    this.#ruledOut = ruledOut;
  }

  /**
   * Paint. Resolves to { pixels (RGBA), seconds, engine }.
   * @param {object} job { generator, parts: [{ weights, share }], width, height, pixels (RGBA) }
   * @param {{ signal?: AbortSignal, progress?: (what: object) => void }} [options]
   */
  async paint({ generator, parts, ...picture }, { signal, progress = () => {} } = {}) {
    const files = [generator, ...parts.map(({ weights }) => weights)];
    const [engine, opened, ...styles] = await this.#gathered(files, progress);
    signal?.throwIfAborted();
    const shared = styles.map((style, place) => ({ ...style, share: parts[place].share }));
    return this.#ask({ runtime: engine, generator: opened, styles: shared, ...picture }, signal, progress);
  }

  /** End the worker; what it paints is lost. */
  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#jobs.clear();
  }

  async #gathered(files, progress) {
    const [name, told] = [await bestRuntime(this.#ruledOut), together(progress)];
    const own = files.map(async ({ address, bytes }) => ({ address, file: await fetchedOnce(address, bytes, told()) }));
    const engine = runtime(name, told()).then((found) => ({ ...found, threads: this.#threads }));
    return Promise.all([engine, ...own]);
  }

  #ask(job, signal, progress) {
    const id = ++this.#last;
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
      this.#started().postMessage({ id, ...job });
    });
  }

  #started() {
    if (this.#worker) return this.#worker;
    this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#jobs.get(data.id)?.(data);
    // Without a message it is the script that could not be fetched.
    this.#worker.onerror = ({ message }) => {
      const jobs = [...this.#jobs.values()];
      this.stop();
      for (const answered of jobs) answered({ problem: message ? "broken" : "model-missing" });
    };
    return this.#worker;
  }
}
