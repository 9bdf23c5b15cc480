// The live camera: what it sees is painted again and again, at a size that keeps up. Nothing leaves this page.

import { BrowserPainter, cores } from "./browser_painter.js";
import { photoOf } from "./camera.js";
import { Pace } from "./live_pace.js";
import { canRecord, record } from "./live_recorder.js";
import { Steady } from "./live_steady.js";
import { canMix, mixtureOf } from "./mixture.js";
import { known, number, Problem, say } from "./page_data.js";
import { sizeWithin } from "./photo.js";

const $ = (id) => document.getElementById(id);
const [dialog, canvas, first, second, share] = ["live", "live-painting", "live-first", "live-second", "live-share"].map($);
const SHOWN = 640 * 480; // pixels of the canvas: it keeps its size while that of the paintings changes, or films would break
// A camera at its full size takes as much of the processor as painting small frames does.
const [LOOKING, TAKING] = [360, 1080].map((height) => ({ width: { ideal: (height * 16) / 9 }, height: { ideal: height } }));
const styles = known.styles.filter(({ weights }) => weights);
const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });

let opening = false; // while the visitor is asked for the camera: a second click must not open it twice
let stopped = null; // aborts what paints
let film = null; // what records
let hooks = null;

/**
 * Open the camera and paint what it sees. `hooks` has `slug()` of the style to begin with, `opened()`, `closed()`,
 * `failed(text)`, and `taken(file, style)` for a photo that is to be painted at its full size.
 */
export async function openLive(given) {
  if (opening || dialog.open) return;
  opening = true;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...LOOKING } });
  } catch {
    return given.failed(say("camera_refused"));
  } finally {
    opening = false;
  }
  hooks = given;
  hooks.opened();
  first.value = hooks.slug() ?? first.value;
  choose();
  dialog.showModal();
  stream.getVideoTracks()[0].addEventListener("ended", () => {
    dialog.close();
    given.failed(say("live_ended"));
  });
  video.srcObject = stream;
  stopped = new AbortController();
  await run(stopped.signal);
}

/** Paint frame after frame until the signal says stop. */
async function run(signal) {
  // One core is left to the camera and the page: on two busy cores, two threads mostly wait for each other.
  const [painter, pace, steady] = [new BrowserPainter(Math.max(1, cores() - 1)), new Pace(), new Steady()];
  signal.addEventListener("abort", () => painter.stop());
  await video.play().catch(() => {});
  Object.assign(canvas, sized(sizeWithin(video.videoWidth, video.videoHeight, SHOWN)));
  let painted = null; // in which style the frame before was painted
  while (!signal.aborted) {
    const [style, start] = [chosen(), performance.now()];
    if (style.slug !== painted) steady.forget();
    painted = style.slug;
    let waited = false; // for files
    const progress = ({ phase, done, total }) => {
      waited ||= phase === "fetching" || phase === "starting";
      if (phase === "fetching") tell(say(phase, { done: number(done / 1e6, 1), total: number(total / 1e6, 1) }));
      if (phase === "starting") tell(say(phase));
    };
    const photo = { bitmap: video, width: video.videoWidth, height: video.videoHeight };
    try {
      const result = await painter.paint(photo, style, { signal, progress, pixels: pace.pixels });
      steady.steady(result.photo, result.painting);
      show(result.painting);
      if (!waited) pace.took((performance.now() - start) / 1000);
      if (result.engine === "webgpu" && pace.lost) painter.leaveGraphics(); // some are slower than the processor
      if (pace.seconds) tellPace(pace, result.painting);
      await new Promise(requestAnimationFrame); // a page that is hidden does not paint
    } catch (problem) {
      if (signal.aborted) return;
      await another(problem, signal);
    }
  }
}

/** Say what went wrong, and wait for another choice. */
async function another(problem, signal) {
  $("live-problem").textContent = problem instanceof Problem ? problem.text : say("problem_broken");
  $("live-problem").hidden = false;
  await new Promise((resolve) => {
    for (const select of [first, second, share]) select.addEventListener("input", resolve, { once: true, signal });
    signal.addEventListener("abort", resolve);
  });
  $("live-problem").hidden = true;
}

const scratch = document.createElement("canvas");

/** Draw a painting over the whole canvas. */
function show(painting) {
  Object.assign(scratch, sized([painting.width, painting.height]));
  scratch.getContext("2d").putImageData(painting, 0, 0);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(scratch, 0, 0, canvas.width, canvas.height);
}

function sized([width, height]) {
  return { width, height };
}

function tell(text) {
  $("live-pace").textContent = text;
}

function tellPace({ seconds }, { width, height }) {
  tell(say("live_pace", { rate: number(1 / seconds, seconds > 0.2 ? 1 : 0), width: number(width), height: number(height) }));
}

// Styles

/** Return the style, or the mixture, that is chosen. */
function chosen() {
  const [one, other] = [first, second].map(({ value }) => styles.find(({ slug }) => slug === value));
  const part = Number(share.value);
  if (!other) return one;
  return mixtureOf(one, other, part);
}

/** Offer what can be mixed with the first style, and say what is painted. */
function choose() {
  const one = styles.find(({ slug }) => slug === first.value);
  for (const option of second.options) {
    const style = styles.find(({ slug }) => slug === option.value);
    option.hidden = option.disabled = Boolean(style) && !canMix(one, style);
  }
  if (second.selectedOptions[0]?.disabled) second.value = "";
  $("live-mix").hidden = !second.value;
  const text = `${number(100 * share.value)} %`;
  $("live-share-value").textContent = text;
  share.setAttribute("aria-valuetext", text);
  canvas.setAttribute("aria-label", say("live_alt", { manner: chosen().manner }));
}

for (const { slug, name } of styles) for (const select of [first, second]) select.add(new Option(name, slug));
for (const control of [first, second, share]) control.addEventListener("input", choose);

// Buttons

$("live-still").addEventListener("click", async () => {
  if (stopped.signal.aborted) return; // by an earlier click
  stopped.abort(new Problem("cancelled"));
  await enlarged();
  const file = await photoOf(video);
  if (!file) return dialog.close();
  const [style, { taken }] = [chosen(), hooks];
  dialog.close();
  taken(file, style);
});

/** Let the camera go to its full size; resolves when it has, or soon: not every camera can. */
async function enlarged() {
  const [track] = /** @type {MediaStream} */ (video.srcObject).getVideoTracks();
  await track.applyConstraints(TAKING).catch(() => {});
  if (track.getSettings().width === video.videoWidth) return;
  await new Promise((resolve) => {
    video.addEventListener("resize", resolve, { once: true });
    setTimeout(resolve, 1500);
  });
}

$("live-record").hidden = !canRecord;
$("live-record").addEventListener("click", () => {
  if (film) return film.stop();
  film = record(canvas, `copyart-${chosen().slug}`, recorded);
  recording(true);
});

function recorded() {
  film = null;
  recording(false);
}

function recording(on) {
  $("live-record").textContent = say(on ? "live_stop" : "live_record");
  $("live-record").classList.toggle("recording", on);
  $("live-said").textContent = say(on ? "live_recording" : "live_saved");
}

$("live-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => {
  film?.stop();
  stopped?.abort(new Problem("cancelled"));
  for (const track of /** @type {MediaStream | null} */ (video.srcObject)?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  tell("");
  hooks.closed();
});
