// Style files: safetensors with kernels in float16. Mixing styles is mixing their weights.

/** @typedef {import("./strip_painter.js").Weights} Weights */

/**
 * Read a style file.
 * @param {Uint8Array} file
 * @returns {Weights}
 */
export function readStyle(file) {
  const view = new DataView(file.buffer, file.byteOffset);
  const start = 8 + Number(view.getBigUint64(0, true));
  const head = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
  const weights = /** @type {Weights} */ ({});
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(head)) {
    const bytes = file.slice(start + from, start + to).buffer;
    const data = dtype === "F16" ? widened(new Uint16Array(bytes)) : new Float32Array(bytes);
    weights[name] = { data, dims: shape };
  }
  return weights;
}

/**
 * Mix styles of one generator.
 * @param {{ weights: Weights, share: number }[]} parts whose shares come to 1
 * @returns {Weights}
 */
export function mixed(parts) {
  if (parts.length === 1) return parts[0].weights;
  const [{ weights: first }] = parts;
  const result = /** @type {Weights} */ ({});
  for (const [name, { data, dims }] of Object.entries(first)) {
    const sum = new Float32Array(data.length);
    for (const { weights, share } of parts) weights[name].data.forEach((value, at) => (sum[at] += share * value));
    result[name] = { data: sum, dims };
  }
  return result;
}

/**
 * Return float16 numbers as float32.
 * @param {Uint16Array} halves
 */
function widened(halves) {
  return Float32Array.from(halves, (half) => {
    const [sign, exponent, fraction] = [half & 0x8000 ? -1 : 1, (half >> 10) & 31, half & 1023];
    if (!exponent) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
