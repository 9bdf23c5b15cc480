// The live camera: paints frame after frame, at a size that it can paint fast enough. Nothing leaves this page.

import { BrowserPainter, coreCount } from "./browser_painter.js";
import { photoFromVideo } from "./camera_dialog.js";
import { FlickerFilter } from "./live_flicker_filter.js";
import { FrameSize } from "./live_frame_size.js";
import { canRecord, recordCanvas } from "./live_recorder.js";
import { canMix, mixStyles } from "./mixture.js";
import { ruleOutRuntime } from "./onnx_runtime.js";
import { formatNumber, pageData, pageText, Problem } from "./page_data.js";
import { sizeWithin } from "./photo_pixels.js";

const $ = (id) => document.getElementById(id);
const [dialog, canvas] = [$("live"), $("live-painting")];
const [first, second, share] = ["live-first", "live-second", "live-share"].map($);
const CANVAS_PIXELS = 640 * 480; // fixed while the size of the paintings changes, because films need frames of one size
// The video is small, because reading a full-size frame takes as much processor time as painting a small one.
const [VIDEO_SIZE, STILL_SIZE] = [360, 1080].map((height) => {
  return { width: { ideal: (height * 16) / 9 }, height: { ideal: height } };
});
const styles = pageData.styles.filter(({ weights }) => weights);
const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });

let openingCamera = false; // while the visitor is asked for permission: a second click must not open the camera twice
let stopPainting = null; // AbortController of `paintFrames`
let recorder = null; // the MediaRecorder while a film is recorded
let hooks = null;

/**
 * Open the camera and paint what it sees. `given` has the callbacks `opened()`, `closed()`, `failed(text)`,
 * `initialSlug()`, which returns the style to begin with, and `taken(file, style)` for a photo to paint at full size.
 */
export async function openLiveCamera(given) {
  if (openingCamera || dialog.open) return;
  openingCamera = true;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...VIDEO_SIZE } });
  } catch {
    return given.failed(pageText("camera_refused"));
  } finally {
    openingCamera = false;
  }
  hooks = given;
  hooks.opened();
  first.value = hooks.initialSlug() ?? first.value;
  updateChoices();
  dialog.showModal();
  stream.getVideoTracks()[0].addEventListener("ended", () => {
    dialog.close();
    given.failed(pageText("live_ended"));
  });
  video.srcObject = stream;
  stopPainting = new AbortController();
  await paintFrames(stopPainting.signal);
}

/** Paint frame after frame until the signal is aborted. */
async function paintFrames(signal) {
  // One core is left to the camera and the page: on two busy cores, two threads mostly wait for each other.
  const [painter, frameSize, filter] = [new BrowserPainter(Math.max(1, coreCount() - 1)), new FrameSize(), new FlickerFilter()];
  signal.addEventListener("abort", () => painter.stop());
  await video.play().catch(() => {});
  Object.assign(canvas, widthAndHeight(sizeWithin(video.videoWidth, video.videoHeight, CANVAS_PIXELS)));
  let painted = null; // slug of the style of the previous frame
  while (!signal.aborted) {
    const [style, start] = [chosenStyle(), performance.now()];
    if (style.slug !== painted) filter.reset();
    painted = style.slug;
    let waited = false; // whether this frame waited for files
    const progress = ({ phase, done, total }) => {
      if (phase !== "fetching" && phase !== "starting") return;
      waited = true;
      const [got, all] = [done, total].map((bytes = 0) => formatNumber(bytes / 1e6, 1));
      showStatus(pageText(phase, { done: got, total: all }));
    };
    const photo = { bitmap: video, width: video.videoWidth, height: video.videoHeight };
    try {
      const result = await painter.paint(photo, style, { signal, progress, pixels: frameSize.pixels });
      filter.apply(result.photo, result.painting);
      showPainting(result.painting);
      if (!waited) frameSize.frameTook((performance.now() - start) / 1000);
      if (result.engine === "webgpu" && frameSize.isTooSlow) ruleOutRuntime("webgpu"); // maybe slower than the CPU
      if (frameSize.secondsPerFrame) showFrameRate(frameSize, result.painting);
      await new Promise(requestAnimationFrame); // a hidden page gets no frame, so it does not paint
    } catch (problem) {
      if (signal.aborted) return;
      await waitForAnotherChoice(problem, signal);
    }
  }
}

/** Show a problem, and wait until the visitor changes the style or the mixture. */
async function waitForAnotherChoice(problem, signal) {
  $("live-problem").textContent = problem instanceof Problem ? problem.text : pageText("problem_broken");
  $("live-problem").hidden = false;
  await new Promise((resolve) => {
    for (const select of [first, second, share]) select.addEventListener("input", resolve, { once: true, signal });
    signal.addEventListener("abort", resolve);
  });
  $("live-problem").hidden = true;
}

const scratch = document.createElement("canvas");

/** Draw a painting over the whole canvas. */
function showPainting(painting) {
  Object.assign(scratch, widthAndHeight([painting.width, painting.height]));
  scratch.getContext("2d").putImageData(painting, 0, 0);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(scratch, 0, 0, canvas.width, canvas.height);
}

function widthAndHeight([width, height]) {
  return { width, height };
}

function showStatus(text) {
  $("live-pace").textContent = text;
}

function showFrameRate({ secondsPerFrame }, { width, height }) {
  const rate = formatNumber(1 / secondsPerFrame, secondsPerFrame > 0.2 ? 1 : 0);
  showStatus(pageText("live_pace", { rate, width: formatNumber(width), height: formatNumber(height) }));
}

// Styles

/** Return the chosen style or mixture. */
function chosenStyle() {
  const [one, other] = [first, second].map(({ value }) => styles.find(({ slug }) => slug === value));
  const part = Number(share.value);
  if (!other) return one;
  return mixStyles(one, other, part);
}

/** Offer the styles that can be mixed with the first one, and name the chosen ones for screen readers. */
function updateChoices() {
  const one = styles.find(({ slug }) => slug === first.value);
  for (const option of second.options) {
    const style = styles.find(({ slug }) => slug === option.value);
    option.hidden = option.disabled = Boolean(style) && !canMix(one, style);
  }
  if (second.selectedOptions[0]?.disabled) second.value = "";
  $("live-mix").hidden = !second.value;
  const text = `${formatNumber(100 * share.value)} %`;
  $("live-share-value").textContent = text;
  share.setAttribute("aria-valuetext", text);
  canvas.setAttribute("aria-label", pageText("live_alt", { manner: chosenStyle().manner }));
}

for (const { slug, name } of styles) for (const select of [first, second]) select.add(new Option(name, slug));
for (const control of [first, second, share]) control.addEventListener("input", updateChoices);

// Buttons

$("live-still").addEventListener("click", async () => {
  if (stopPainting.signal.aborted) return; // an earlier click has stopped it
  stopPainting.abort(new Problem("cancelled"));
  await switchToFullPhotoSize();
  const file = await photoFromVideo(video);
  if (!file) return dialog.close();
  const [style, { taken }] = [chosenStyle(), hooks];
  dialog.close();
  taken(file, style);
});

/** Switch the camera to its full size. Wait for the video to change, at most 1.5 s: not every camera can switch. */
async function switchToFullPhotoSize() {
  const [track] = /** @type {MediaStream} */ (video.srcObject).getVideoTracks();
  await track.applyConstraints(STILL_SIZE).catch(() => {});
  if (track.getSettings().width === video.videoWidth) return;
  await new Promise((resolve) => {
    video.addEventListener("resize", resolve, { once: true });
    setTimeout(resolve, 1500);
  });
}

$("live-record").hidden = !canRecord;
$("live-record").addEventListener("click", () => {
  if (recorder) return recorder.stop();
  recorder = recordCanvas(canvas, `copyart-${chosenStyle().slug}`, recordingEnded);
  showRecording(true);
});

function recordingEnded() {
  recorder = null;
  showRecording(false);
}

function showRecording(on) {
  $("live-record").textContent = pageText(on ? "live_stop" : "live_record");
  $("live-record").classList.toggle("recording", on);
  $("live-said").textContent = pageText(on ? "live_recording" : "live_saved");
}

$("live-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => {
  recorder?.stop();
  stopPainting?.abort(new Problem("cancelled"));
  for (const track of /** @type {MediaStream | null} */ (video.srcObject)?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  showStatus("");
  hooks.closed();
});
