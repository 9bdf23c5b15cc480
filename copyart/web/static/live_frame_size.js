// The size at which the live camera paints, adjusted after every frame: as large as can be painted fast enough.

const TARGET_SECONDS = 1 / 8; // per frame: quicker frames would be small, slower ones would not look like motion
const MAX_SECONDS = 1 / 5;
const TOLERANCE = 1.25; // the size changes only when a frame misses the target by this factor, not with every frame
const [MIN_PIXELS, FIRST_PIXELS, MAX_PIXELS] = [96 * 72, 160 * 120, 640 * 480];
const LATEST_WEIGHT = 0.4; // of the latest frame in the mean

export class FrameSize {
  pixels = FIRST_PIXELS;
  /** Seconds that a frame takes at this size, as a moving mean; null before the first frame. */
  secondsPerFrame = null;

  /** Whether painting is slower than 5 frames/s even at the smallest size. */
  get isTooSlow() {
    return this.pixels === MIN_PIXELS && this.secondsPerFrame > MAX_SECONDS;
  }

  /** Record how long a frame took, and adjust the size. */
  frameTook(seconds) {
    const before = this.secondsPerFrame ?? seconds;
    this.secondsPerFrame = (1 - LATEST_WEIGHT) * before + LATEST_WEIGHT * seconds;
    const wanted = TARGET_SECONDS / this.secondsPerFrame;
    if (wanted < TOLERANCE && wanted > 1 / TOLERANCE) return;
    const pixels = Math.min(MAX_PIXELS, Math.max(MIN_PIXELS, this.pixels * Math.min(1.5, Math.max(0.5, wanted))));
    this.secondsPerFrame *= pixels / this.pixels; // the time is proportional to the number of pixels
    this.pixels = pixels;
  }
}
