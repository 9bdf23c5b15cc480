// Paints a picture of any size strip by strip, as copyart/engine/strip_painter.py does: the result is the same as if it
// were painted whole, and the memory stays bounded. Instance normalisation needs the mean of a whole feature map, so the
// generator runs in passes, each up to the next normalisation; the small feature maps are stored between the passes.

import { rowsThroughPass, stripsOfImage } from "./strip_geometry.js";

/**
 * @typedef {import("./strip_geometry.js").Generator} Generator
 * @typedef {import("./strip_geometry.js").StageRows} StageRows
 * @typedef {{ [name: string]: { data: Float32Array, dims: number[] } }} Weights
 * @typedef {{ data: Uint8Array | Uint8ClampedArray, width: number, height: number }} Picture RGB, sides multiples of 4
 * @typedef {any} Ort onnxruntime-web
 *
 * @typedef {object} Listener
 * @property {(share: number) => Promise<void> | void} progress called with the finished fraction; it may throw
 * @property {(top: number, rows: Uint8Array) => void} painted called with each strip of RGB rows, from the top
 */

/** An opened generator file: its head, and an ONNX Runtime session for each pass. */
export class StripPainter {
  /**
   * @param {Ort} ort
   * @param {Generator} generator
   * @param {any[]} sessions
   */
  constructor(ort, generator, sessions) {
    this.ort = ort;
    this.generator = generator;
    this.sessions = sessions;
  }

  /**
   * Open a generator file.
   * @param {Ort} ort
   * @param {Uint8Array} file
   * @param {object} options of the sessions
   */
  static async open(ort, file, options) {
    const length = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
    const generator = /** @type {Generator} */ (JSON.parse(new TextDecoder().decode(file.subarray(4, 4 + length))));
    const sessions = [];
    let start = 4 + length;
    for (const { bytes } of generator.passes) {
      sessions.push(await ort.InferenceSession.create(file.slice(start, start + bytes), options));
      start += bytes;
    }
    return new StripPainter(ort, generator, sessions);
  }

  /**
   * Paint a picture.
   * @param {Picture} photo
   * @param {Weights} weights
   * @param {Listener} listener
   * @returns {Promise<void>}
   */
  async paint(photo, weights, listener) {
    await new PassesOverImage(this, photo, weights, listener).paint();
  }

  async release() {
    for (const session of this.sessions) await session.release();
  }
}

/** A stored feature map: for each strip an array (channels, rows, columns). */
class FeatureMap {
  /** @param {number} channels @param {number} columns @param {number[][]} strips */
  constructor(channels, columns, strips) {
    this.channels = channels;
    this.columns = columns;
    this.heights = strips.map(([low, high]) => high - low);
    this.strips = /** @type {Float32Array[]} */ (new Array(strips.length));
    /** The last rows of the strip above, as they were before that strip was overwritten. */
    this.tail = new Float32Array(0);
  }

  /**
   * Return some rows of a strip.
   * @param {number} number @param {number} low @param {number} high
   */
  rows(number, low, high) {
    const [strip, height, columns] = [this.strips[number], this.heights[number], this.columns];
    const size = (high - low) * columns;
    const result = new Float32Array(this.channels * size);
    for (let channel = 0; channel < this.channels && size; channel++) {
      const start = (channel * height + low) * columns;
      result.set(strip.subarray(start, start + size), channel * size);
    }
    return result;
  }
}

class PassesOverImage {
  /**
   * @param {StripPainter} painter @param {Picture} photo @param {Weights} weights @param {Listener} listener
   */
  constructor({ ort, generator, sessions }, photo, weights, { progress, painted }) {
    this.ort = ort;
    this.generator = generator;
    this.sessions = sessions;
    this.photo = photo;
    this.progress = progress;
    this.painted = painted;
    this.strips = stripsOfImage(generator, photo.height, photo.width);
    const columns = photo.width / generator.lowest;
    this.result = new FeatureMap(generator.kept_channels, columns, this.strips);
    this.opened = new FeatureMap(generator.kept_channels, columns, this.strips);
    this.weights = Object.fromEntries(
      Object.entries(weights).map(([name, { data, dims }]) => [name, new ort.Tensor("float32", data, dims)]),
    );
    this.raw = weights;
    /** @type {{ [name: string]: any }} scales and shifts of the normalisations computed so far */
    this.affine = {};
  }

  async paint() {
    let done = 0;
    for (const [number, pass] of this.generator.passes.entries()) {
      await this.pass(pass, this.sessions[number], (share) => this.progress(done + share * pass.share));
      done += pass.share;
    }
  }

  /**
   * @param {{ first: number, last: number }} pass @param {any} session
   * @param {(share: number) => Promise<void> | void} progress
   */
  async pass(pass, session, progress) {
    const { stages, lowest } = this.generator;
    const stage = stages[pass.last];
    const moments = stage.normed ? new ChannelMoments(stage.channels) : null;
    const inRows = (/** @type {number} */ row) => (row * lowest) / stage.downscale;
    const bounds = this.strips.map(([low, high]) => [inRows(low), inRows(high)]);
    const chains = bounds.map(([low, high]) => rowsThroughPass(this.generator, pass, low, high, this.photo.height));
    for (const number of this.strips.keys()) {
      const source = this.source(pass.first, number, chains);
      if (moments && !number) moments.centre = await this.centre(pass, session, source);
      /** @type {Record<string, any>} */
      const feed = { ...this.feed(chains[number]), ...source };
      if (moments) feed.centre = this.column(moments.centre);
      const results = await this.run(session, feed);
      if (results.result) this.result.strips[number] = results.result.data;
      if (results.opened) this.opened.strips[number] = results.opened.data;
      const [low, high] = bounds[number];
      if (moments) moments.add(results.mean.data, results.square.data, high - low);
      if (results.painting) this.painted(low, results.painting.data);
      await progress((number + 1) / this.strips.length);
    }
    if (moments) this.normalise(pass.last, moments);
  }

  /** @param {any} session @param {{ [name: string]: any }} feed */
  run(session, feed) {
    return session.run(Object.fromEntries(session.inputNames.map((/** @type {string} */ name) => [name, feed[name]])));
  }

  /**
   * Return the rows of the photo, or of the stored feature maps, that a strip of a pass reads.
   * @param {number} first @param {number} number @param {StageRows[][]} chains
   */
  source(first, number, chains) {
    const [low, high] = /** @type {StageRows} */ (chains[number].at(-1)).read;
    if (!first) return { source: this.pixels(low, high) };
    const feed = {};
    const maps = { source: this.result, ...(this.generator.stages[first - 1].ends_block && { skip: this.opened }) };
    const strip = this.strips[number];
    const next = chains[number + 1];
    // Number of rows of this strip that the next strip reads.
    const seen = next ? this.strips[number + 1][0] - /** @type {StageRows} */ (next.at(-1)).read[0] : 0;
    for (const [name, map] of Object.entries(maps)) {
      const height = map.heights[number];
      const tensor = (/** @type {Float32Array} */ data, /** @type {number} */ rows) =>
        new this.ort.Tensor("float32", data, [1, map.channels, rows, map.columns]);
      const [above, below] = [strip[0] - low, high - strip[1]];
      feed[`${name}_above`] = tensor(above ? map.tail : new Float32Array(0), above);
      feed[name] = tensor(map.strips[number], height);
      feed[`${name}_below`] = tensor(below ? map.rows(number + 1, 0, below) : new Float32Array(0), below);
      map.tail = map.rows(number, height - seen, height); // before this strip is overwritten
    }
    return feed;
  }

  /** @param {number} low @param {number} high */
  pixels(low, high) {
    const { data, width } = this.photo;
    const rows = new Uint8Array(data.buffer, data.byteOffset + low * width * 3, (high - low) * width * 3);
    return new this.ort.Tensor("uint8", rows, [high - low, width, 3]);
  }

  /**
   * Return the mean of a few rows, treated as an image. Squared differences from it can be summed in float32.
   * @param {{ first: number, last: number }} pass @param {any} session @param {{ [name: string]: any }} source
   */
  async centre(pass, session, source) {
    const { stages, lowest, fewest_rows: fewest } = this.generator;
    const rows = Math.min(fewest, this.strips[0][1]);
    const height = rows * lowest;
    const few = {};
    if (!pass.first) few.source = this.pixels(0, height);
    else {
      for (const name of Object.keys(source)) {
        const map = name.startsWith("skip") ? this.opened : this.result;
        const inside = name === "source" || name === "skip";
        const data = inside ? map.rows(0, 0, rows) : new Float32Array(0);
        few[name] = new this.ort.Tensor("float32", data, [1, map.channels, inside ? rows : 0, map.columns]);
      }
    }
    const stage = stages[pass.last];
    const feed = this.feed(rowsThroughPass(this.generator, pass, 0, height / stage.downscale, height));
    const zero = this.column(new Float32Array(stage.channels));
    const { mean } = await this.run(session, { ...feed, ...few, centre: zero });
    return mean.data;
  }

  /** @param {Float32Array} data */
  column(data) {
    return new this.ort.Tensor("float32", data, [data.length, 1, 1]);
  }

  /** @param {StageRows[]} chain */
  feed(chain) {
    /** @type {Record<string, any>} */
    const feed = { ...this.weights, ...this.affine };
    const whole = (/** @type {number[]} */ values) =>
      new this.ort.Tensor("int64", BigInt64Array.from(values, BigInt), [values.length]);
    for (const { index, padding, keep } of chain) {
      const stage = this.generator.stages[index];
      const [, left, , right] = stage.pads;
      feed[`pads_${index}`] = whole([0, 0, padding[0], left, 0, 0, padding[1], right]);
      if (stage.upsamples) {
        const [columns, shift] = [this.photo.width / stage.downscale, stage.half_pixel ? 1 : 0];
        feed[`from_${index}`] = whole([keep[0], shift]);
        feed[`to_${index}`] = whole([keep[1], shift + columns]);
      }
    }
    return feed;
  }

  /** @param {number} index @param {ChannelMoments} moments */
  normalise(index, { centre, mean, square }) {
    const { epsilon } = this.generator.stages[index];
    const gain = this.raw[`gain_${index}`]?.data;
    const offset = this.raw[`offset_${index}`]?.data;
    const scale = Float64Array.from(mean, (value, channel) => {
      const variance = Math.max(square[channel] - value * value, 0);
      return (gain ? gain[channel] : 1) / Math.sqrt(variance + epsilon);
    });
    const shift = scale.map((value, channel) => {
      return (offset ? offset[channel] : 0) - (mean[channel] + centre[channel]) * value;
    });
    this.affine[`scale_${index}`] = this.column(Float32Array.from(scale));
    this.affine[`shift_${index}`] = this.column(Float32Array.from(shift));
  }
}

/** The mean and the mean square of each channel of a feature map minus its centre, averaged strip by strip. */
class ChannelMoments {
  /** @param {number} channels */
  constructor(channels) {
    this.centre = new Float32Array(channels);
    this.mean = new Float64Array(channels);
    this.square = new Float64Array(channels);
    this.rows = 0;
  }

  /** @param {Float32Array} mean @param {Float32Array} square @param {number} rows */
  add(mean, square, rows) {
    this.rows += rows;
    for (const channel of this.mean.keys()) {
      this.mean[channel] += ((mean[channel] - this.mean[channel]) * rows) / this.rows;
      this.square[channel] += ((square[channel] - this.square[channel]) * rows) / this.rows;
    }
  }
}
