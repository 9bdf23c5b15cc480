// How large the live camera paints: as large as keeps the pace, found again with every frame.

const BEST = 1 / 8; // seconds a frame: quicker ones would be small, slower ones are no motion any more
const WORST = 1 / 5;
const BAND = 1.25; // how far from the best a frame may be before the size changes: else it would change all the time
const [LEAST, START, MOST] = [96 * 72, 160 * 120, 640 * 480]; // pixels
const NEW = 0.4; // weight of the latest frame in the mean

export class Pace {
  pixels = START;
  /** Seconds that a frame takes at this size: a moving mean, null before the first. */
  seconds = null;

  /** Whether even the smallest size is below 5 frames/s. */
  get lost() {
    return this.pixels === LEAST && this.seconds > WORST;
  }

  /** Take note of how long a frame took. */
  took(seconds) {
    this.seconds = this.seconds === null ? seconds : (1 - NEW) * this.seconds + NEW * seconds;
    const wanted = BEST / this.seconds;
    if (wanted < BAND && wanted > 1 / BAND) return;
    const pixels = Math.min(MOST, Math.max(LEAST, this.pixels * Math.min(1.5, Math.max(0.5, wanted))));
    this.seconds *= pixels / this.pixels; // painting takes as long as there are pixels
    this.pixels = pixels;
  }
}
