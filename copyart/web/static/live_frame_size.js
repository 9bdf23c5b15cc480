// How large the live camera paints: as large as keeps the pace, found again with every frame.

const TARGET_SECONDS = 1 / 8; // seconds a frame: quicker ones would be small, slower ones are no motion any more
const MAX_SECONDS = 1 / 5;
const TOLERANCE = 1.25; // how far from the best a frame may be before the size changes: else it would change all the time
const [MIN_PIXELS, FIRST_PIXELS, MAX_PIXELS] = [96 * 72, 160 * 120, 640 * 480]; // pixels
const LATEST_WEIGHT = 0.4; // of the latest frame in the mean

export class FrameSize {
  pixels = FIRST_PIXELS;
  /** Seconds that a frame takes at this size: a moving mean, null before the first. */
  secondsPerFrame = null;

  /** Whether even the smallest size is below 5 frames/s. */
  get isTooSlow() {
    return this.pixels === MIN_PIXELS && this.secondsPerFrame > MAX_SECONDS;
  }

  /** Take note of how long a frame took. */
  frameTook(seconds) {
    const before = this.secondsPerFrame ?? seconds;
    this.secondsPerFrame = (1 - LATEST_WEIGHT) * before + LATEST_WEIGHT * seconds;
    const wanted = TARGET_SECONDS / this.secondsPerFrame;
    if (wanted < TOLERANCE && wanted > 1 / TOLERANCE) return;
    const pixels = Math.min(MAX_PIXELS, Math.max(MIN_PIXELS, this.pixels * Math.min(1.5, Math.max(0.5, wanted))));
    this.secondsPerFrame *= pixels / this.pixels; // painting takes as long as there are pixels
    this.pixels = pixels;
  }
}
