// Reads style files, safetensors in float16 and float32, and mixes styles by mixing their weights.

/** @typedef {import("./strip_painter.js").Weights} Weights */

/**
 * Read a style file.
 * @param {Uint8Array} file
 * @returns {Weights}
 */
export function readStyleFile(file) {
  const view = new DataView(file.buffer, file.byteOffset);
  const start = 8 + Number(view.getBigUint64(0, true));
  const head = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
  const weights = /** @type {Weights} */ ({});
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(head)) {
    const bytes = file.slice(start + from, start + to).buffer;
    const data = dtype === "F16" ? float16ToFloat32(new Uint16Array(bytes)) : new Float32Array(bytes);
    weights[name] = { data, dims: shape };
  }
  return weights;
}

/** The error for styles that cannot be mixed, because their trainings began with different weights. */
export class StylesTooDifferentError extends Error {}

const MIN_CORRELATION = 0.5; // of the weights of styles that can be mixed: copyart/styles/mixing.py

/**
 * Mix styles of one generator.
 * @param {{ weights: Weights, share: number }[]} parts with shares that add up to 1
 * @returns {Weights}
 */
export function mixWeights(parts) {
  const [{ weights: first }, ...others] = parts;
  if (!others.length) return first;
  for (const { weights } of others) {
    if (correlation(first, weights) < MIN_CORRELATION) throw new StylesTooDifferentError();
  }
  const result = /** @type {Weights} */ ({});
  for (const [name, { data, dims }] of Object.entries(first)) {
    const sum = new Float32Array(data.length);
    for (const { weights, share } of parts) {
      const own = weights[name].data;
      for (let at = 0; at < sum.length; at++) sum[at] += share * own[at];
    }
    result[name] = { data: sum, dims };
  }
  return result;
}

/**
 * Return the correlation of two styles' weights, or 0 if the names or sizes of the weights differ.
 * @param {Weights} one
 * @param {Weights} other
 */
function correlation(one, other) {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return 0;
  let [count, sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0, 0];
  for (const name of names) {
    const [xs, ys] = [one[name].data, other[name]?.data];
    if (xs.length !== ys?.length) return 0;
    count += xs.length;
    for (let at = 0; at < xs.length; at++) {
      sumX += xs[at];
      sumY += ys[at];
      sumXX += xs[at] * xs[at];
      sumYY += ys[at] * ys[at];
      sumXY += xs[at] * ys[at];
    }
  }
  const spread = (sumXX - (sumX * sumX) / count) * (sumYY - (sumY * sumY) / count);
  return (sumXY - (sumX * sumY) / count) / Math.max(Math.sqrt(spread), 1e-12);
}

/** The values of all finite float16 numbers. The index is the 16 bits of a number. */
const FLOAT16_VALUES = Float32Array.from({ length: 1 << 16 }, (_, half) => {
  const [sign, exponent, fraction] = [half & 0x8000 ? -1 : 1, (half >> 10) & 31, half & 1023];
  if (!exponent) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

/**
 * Return float16 numbers as float32.
 * @param {Uint16Array} halves
 */
function float16ToFloat32(halves) {
  const result = new Float32Array(halves.length);
  for (let at = 0; at < halves.length; at++) result[at] = FLOAT16_VALUES[halves[at]];
  return result;
}
