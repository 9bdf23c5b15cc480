// Computes which rows each stage of a generator reads: the same numbers as copyart/engine/strip_geometry.py.

/**
 * @typedef {object} Stage
 * @property {number} size
 * @property {number} channels
 * @property {number} stride
 * @property {number[]} pads above, to the left, below, to the right
 * @property {number} epsilon
 * @property {number} downscale
 * @property {boolean} upsamples
 * @property {boolean} half_pixel
 * @property {boolean} normed
 * @property {boolean} ends_block
 *
 * @typedef {object} Generator The head of a generator file.
 * @property {Stage[]} stages
 * @property {{ first: number, last: number, bytes: number, share: number }[]} passes
 * @property {number} lowest
 * @property {number} kept_channels
 * @property {number} strip_numbers
 * @property {number} fewest_rows
 *
 * @typedef {{ index: number, read: number[], padding: number[], keep: number[] }} StageRows The rows for a stage.
 */

/**
 * Cut an image into strips. Return the first row of each and the row after its last one, at the lowest resolution.
 * @param {Generator} generator
 * @param {number} height
 * @param {number} width
 * @returns {number[][]}
 */
export function stripsOfImage(generator, height, width) {
  const { lowest, kept_channels: channels, strip_numbers: numbers, fewest_rows: fewest } = generator;
  const rows = Math.max(fewest, Math.floor((numbers * lowest) / (channels * width)));
  const end = Math.floor(height / lowest);
  const count = Math.max(1, Math.min(Math.ceil(end / rows), Math.floor(end / fewest)));
  const cut = (/** @type {number} */ place) => Math.floor((end * place) / count);
  return Array.from({ length: count }, (_, place) => [cut(place), cut(place + 1)]);
}

/**
 * Return the links by which a pass computes rows `low` to `high` of its result, from the last stage to the first.
 * @param {Generator} generator
 * @param {{ first: number, last: number }} pass
 * @param {number} low
 * @param {number} high
 * @param {number} height of the image
 * @returns {StageRows[]}
 */
export function rowsThroughPass(generator, { first, last }, low, high, height) {
  const chain = [];
  for (let index = last; index >= first; index--) {
    const link = rowsThroughStage(generator, index, low, high, height);
    chain.push(link);
    [low, high] = link.read;
  }
  return chain;
}

/**
 * @param {Generator} generator
 * @param {number} index
 * @param {number} low
 * @param {number} high
 * @param {number} height
 * @returns {StageRows}
 */
function rowsThroughStage({ stages }, index, low, high, height) {
  const stage = stages[index];
  let keep = [0, high - low];
  if (stage.upsamples) {
    const shift = stage.half_pixel ? 1 : 0;
    [low, high] = [low + shift, high + shift];
    const small = [Math.floor(low / 2), Math.ceil(high / 2)];
    keep = [low - 2 * small[0], high - 2 * small[0]];
    [low, high] = small;
  }
  const first = low * stage.stride - stage.pads[0];
  const last = (high - 1) * stage.stride + stage.size - stage.pads[0];
  const end = Math.floor(height / (index ? stages[index - 1].downscale : 1));
  return {
    index,
    read: [Math.max(first, 0), Math.min(last, end)],
    padding: [Math.max(-first, 0), Math.max(last - end, 0)],
    keep,
  };
}
