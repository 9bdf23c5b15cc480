// Pictures as arrays of bytes: converts between RGB and RGBA, and pads pictures to sizes that a generator accepts.

const MULTIPLE = 4; // a generator takes sides that are multiples of 4, and at least 16: copyart/engine/padding.py
const SMALLEST = 16;

/** Return the length to which a side of a picture must be padded for a generator. */
export function paddedSide(side) {
  return Math.max(SMALLEST, Math.ceil(side / MULTIPLE) * MULTIPLE);
}

/** Return RGB, padded to `columns` and `rows` by mirroring the picture to the right and below. */
export function mirrorPad(data, width, height, columns, rows) {
  if (columns === width && rows === height) return data;
  const [across, down] = [mirroredIndices(columns, width), mirroredIndices(rows, height)];
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

function mirroredIndices(count, side) {
  const period = Math.max(2 * (side - 1), 1);
  return Array.from({ length: count }, (_, place) => (side > 1 ? side - 1 - Math.abs((place % period) - (side - 1)) : 0));
}

/** Return RGB from RGBA. */
export function rgbaToRgb(rgba) {
  const result = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    result[to++] = rgba[from];
    result[to++] = rgba[from + 1];
    result[to++] = rgba[from + 2];
  }
  return result;
}

/** Return RGBA from RGB. */
export function rgbToRgba(rgb) {
  const result = new Uint8ClampedArray((rgb.length / 3) * 4);
  for (let from = 0, to = 0; from < rgb.length; ) {
    result[to++] = rgb[from++];
    result[to++] = rgb[from++];
    result[to++] = rgb[from++];
    result[to++] = 255;
  }
  return result;
}
