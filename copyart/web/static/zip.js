// Writes files to a zip archive, uncompressed, because pictures hardly shrink. Format: PKWARE's APPNOTE.TXT.

const TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
const UTF8 = 1 << 11; // a flag: names are UTF-8
const VERSION = 20;

/** Return the CRC-32 of bytes. */
export function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return ~sum >>> 0;
}

/**
 * Return files as one zip. A name that occurred before gets a number.
 * @param {{ name: string, blob: Blob }[]} files
 * @returns {Promise<Blob>}
 */
export async function zipFiles(files) {
  const [parts, index, taken] = [[], [], new Set()];
  const now = dosTime(new Date());
  let place = 0;
  for (const { name, blob } of files) {
    const encoded = new TextEncoder().encode(uniqueName(name, taken));
    const sum = crc32(new Uint8Array(await blob.arrayBuffer()));
    // In both entry and index: version, flags, method, time, date, checksum, sizes, name's length, no extra field.
    const facts = littleEndianBytes(
      [VERSION, 2], [UTF8, 2], [0, 2], ...now, [sum, 4], [blob.size, 4], [blob.size, 4], [encoded.length, 2], [0, 2],
    );
    const head = [littleEndianBytes([0x04034b50, 4]), facts, encoded];
    const rest = littleEndianBytes([0, 2], [0, 2], [0, 2], [0, 4], [place, 4]);
    index.push(littleEndianBytes([0x02014b50, 4], [VERSION, 2]), facts, rest, encoded);
    parts.push(...head, blob);
    place += totalSize(head) + blob.size;
  }
  const end = littleEndianBytes(
    [0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [totalSize(index), 4], [place, 4], [0, 2],
  );
  return new Blob([...parts, ...index, end], { type: "application/zip" });
}

function uniqueName(name, taken) {
  const [stem, suffix] = [name.replace(/\.[^.]*$/, ""), /\.[^.]*$/.exec(name)?.[0] ?? ""];
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${stem}-${count}${suffix}`;
  taken.add(free);
  return free;
}

/** Return numbers as little-endian bytes. Each field is [value, number of bytes]. */
function littleEndianBytes(...fields) {
  const bytes = fields.flatMap(([value, count]) => Array.from({ length: count }, (_, at) => (value >>> (8 * at)) & 255));
  return Uint8Array.from(bytes);
}

function totalSize(parts) {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function dosTime(date) {
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  return [[time, 2], [day, 2]];
}
