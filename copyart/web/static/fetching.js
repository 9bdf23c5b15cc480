// Files that the browser paints with, fetched once for all workers, and how far they are.

import { Problem } from "./page_data.js";

const MOST = 48; // files that are kept in memory, of 0.7 MB each
const kept = new Map(); // address → promise of its bytes

/** Return the bytes of a file that many paintings need. */
export function fetchedOnce(address, bytes, progress) {
  const file = kept.get(address) ?? fetched(address, bytes, progress);
  kept.delete(address);
  kept.set(address, file); // the one used last is dropped last
  file.catch(() => kept.delete(address));
  for (const oldest of [...kept.keys()].slice(0, -MOST)) kept.delete(oldest);
  return file;
}

/**
 * Return the bytes of a file; `progress` is called with { fetching: bytes, total } while they come. `size` is what they
 * come to, whatever the host compresses.
 */
export async function fetched(address, size, progress) {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw new Problem("model-missing");
  const result = new Uint8Array(size);
  let done = 0;
  try {
    const reader = response.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      result.set(next.value, done);
      done += next.value.length;
      progress({ fetching: done, total: size });
    }
  } catch {
    throw new Problem("model-missing");
  }
  if (done !== size) throw new Problem("model-missing");
  return result;
}
