// Adds the duration to a recorded WebM film. Browsers leave it out, because they write the header first, and players
// then show no length and cannot seek. Format: https://www.matroska.org/technical/elements.html

const [EBML, SEGMENT, INFO, VOID, DURATION] = [0x1a45dfa3, 0x18538067, 0x1549a966, 0xec, 0x4489];
const HEADER_BYTES = 4096; // more than the header has

/**
 * Return a film with its duration in the header. Return it unchanged if it has one, or if the header is unusual.
 * @param {Blob} film
 * @param {number} milliseconds
 * @returns {Promise<Blob>}
 */
export async function addDuration(film, milliseconds) {
  const bytes = new Uint8Array(await film.slice(0, HEADER_BYTES).arrayBuffer());
  const info = findInfoElement(bytes);
  if (!info || ebmlElements(bytes, info.start, info.end).some(({ id }) => id === DURATION)) return film;
  const duration = new Uint8Array(11);
  duration.set([0x44, 0x89, 0x88]); // the element, of 8 bytes
  new DataView(duration.buffer).setFloat64(3, milliseconds); // in the film's unit of time, which recorders leave at 1 ms
  const length = info.end - info.start + duration.length;
  const size = [0x10 | (length >>> 24), (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  const head = [bytes.subarray(0, info.sizeAt), Uint8Array.from(size), bytes.subarray(info.start, info.end), duration];
  return new Blob([...head, film.slice(info.end)], { type: film.type });
}

/** Return the Info element, which holds the duration, if it comes first in a segment of unknown length; else null. */
function findInfoElement(bytes) {
  const [header, segment] = ebmlElements(bytes, 0, bytes.length);
  if (header?.id !== EBML || segment?.id !== SEGMENT || !segment.unknown) return null;
  const first = ebmlElements(bytes, segment.start, bytes.length).find(({ id }) => id !== VOID);
  return first?.id === INFO && first.end <= bytes.length ? first : null;
}

/** Return the elements in a part of a file: the id of each, the place of its size, the start and end of its content. */
function ebmlElements(bytes, at, end) {
  const elements = [];
  while (at < end) {
    const [id, sizeAt] = readEbmlNumber(bytes, at, false);
    const [size, start, unknown] = readEbmlNumber(bytes, sizeAt, true);
    elements.push({ id, sizeAt, start, end: unknown ? end : start + size, unknown });
    at = elements.at(-1).end;
  }
  return elements;
}

/** Read a number of variable length. Return it, the place after it, and whether it means "unknown size". */
function readEbmlNumber(bytes, at, isSize) {
  const length = Math.clz32(bytes[at] ?? 1) - 23;
  let value = isSize ? (bytes[at] ?? 0) & (0xff >> length) : bytes[at];
  let unknown = isSize && value === 0xff >> length;
  for (let place = at + 1; place < at + length; place++) {
    value = value * 256 + (bytes[place] ?? 0);
    unknown &&= bytes[place] === 255;
  }
  return [value, at + length, unknown];
}
