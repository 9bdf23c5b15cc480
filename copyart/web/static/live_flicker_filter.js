// Keeps a live painting still where the camera's picture is still: like copyart/video/steady.py, minus motion tracking.

const MAX_SHARE = 0.8; // share of the previous painting in the blend where nothing has changed
const CHANGE_SCALE = 10; // change of colour, in grey levels (0 to 255), at which this share has fallen to 1/e
const SHARES = Float32Array.from({ length: 766 }, (_, sum) => MAX_SHARE * Math.exp(-((sum / 3 / CHANGE_SCALE) ** 2)));

export class FlickerFilter {
  #previous = null;

  /** Blend the previous painting into `painting`, in place, where `photo` has not changed. Both are ImageData. */
  apply(photo, painting) {
    const before = this.#previous;
    if (before?.photo.width === photo.width && before.photo.height === photo.height) {
      blendWithPrevious(photo.data, before.photo.data, painting.data, before.painting.data);
    }
    this.#previous = { photo, painting };
  }

  /** Forget the previous painting, because the style has changed. */
  reset() {
    this.#previous = null;
  }
}

function blendWithPrevious(now, then, painting, earlier) {
  for (let at = 0; at < now.length; at += 4) {
    const red = Math.abs(now[at] - then[at]);
    const green = Math.abs(now[at + 1] - then[at + 1]);
    const blue = Math.abs(now[at + 2] - then[at + 2]);
    const share = SHARES[red + green + blue];
    for (let channel = at; channel < at + 3; channel++) painting[channel] += share * (earlier[channel] - painting[channel]);
  }
}
