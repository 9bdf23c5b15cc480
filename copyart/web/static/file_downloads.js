// Fetches the files that the browser paints with, once for all workers, and reports the progress.

import { Problem } from "./page_data.js";

const MAX_FILES = 48; // maximum number of files in memory, of about 0.7 MB each
const filesInMemory = new Map(); // address → promise of its bytes

/** Return a function that makes a progress function for each file. `progress` gets the sums over all files. */
export function combinedProgress(progress) {
  const files = [];
  return () => {
    const file = { fetching: 0, total: 0 };
    files.push(file);
    return (step) => {
      if (!("fetching" in step)) return progress(step);
      Object.assign(file, step);
      const sum = (key) => files.reduce((all, each) => all + each[key], 0);
      progress({ fetching: sum("fetching"), total: sum("total") });
    };
  };
}

/** Return the bytes of a file that many paintings need. Fetch the file only if it is not in memory. */
export function fetchIntoMemory(address, bytes, progress) {
  const file = filesInMemory.get(address) ?? fetchBytes(address, bytes, progress);
  filesInMemory.delete(address);
  filesInMemory.set(address, file); // the one used last is dropped last
  file.catch(() => filesInMemory.delete(address));
  for (const oldest of [...filesInMemory.keys()].slice(0, -MAX_FILES)) filesInMemory.delete(oldest);
  return file;
}

/**
 * Return the `size` bytes of a file. While they arrive, call `progress` with { fetching, total }, in transferred bytes:
 * the total is smaller than `size` if the host compresses the file.
 */
export async function fetchBytes(address, size, progress) {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw new Problem("model-missing");
  const travels = Number(response.headers.get("Content-Length")) || size;
  const result = new Uint8Array(size);
  let done = 0;
  try {
    const reader = response.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      result.set(next.value, done);
      done += next.value.length;
      progress({ fetching: (done / size) * travels, total: travels });
    }
  } catch {
    throw new Problem("model-missing");
  }
  if (done !== size) throw new Problem("model-missing");
  return result;
}
