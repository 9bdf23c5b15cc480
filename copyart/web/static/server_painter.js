// The painter on the server: sends the photo, asks for the progress, fetches the painting.

import { pageData, Problem } from "./page_data.js";
import { photoPixels, pixelsOfFile, sizeWithin } from "./photo_pixels.js";

const PAINTINGS = new URL("api/v1/paintings", document.baseURI);
const POLL_INTERVAL = 400; // milliseconds between two requests for the progress
const TYPES_THE_SERVER_READS = /^image\/(jpeg|png|webp|gif|bmp|tiff|avif)$/; // some browsers read more

export class ServerPainter {
  inBrowser = false;

  /** Paint a photo. Return { photo, painting, seconds, blob }: two ImageData of one size, and the painting's file. */
  async paint(photo, style, { signal, progress }) {
    const id = randomId();
    const body = new FormData();
    const upload = await fileForUpload(photo);
    const fields = { artist: style.slug, format: photo.format, id };
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("photo", upload, "photo");
    const asking = new AbortController();
    try {
      const sent = postForm(body, signal, (share) => progress({ phase: "sending", share }));
      pollProgress(id, asking.signal, progress);
      const { blob, seconds } = await sent;
      const painting = await pixelsOfFile(blob);
      return { photo: photoPixels(photo, painting.width, painting.height), painting, seconds, blob };
    } catch (problem) {
      if (signal.aborted) fetch(`${PAINTINGS}/${id}`, { method: "DELETE" }).catch(() => {});
      throw problem;
    } finally {
      asking.abort();
    }
  }
}

/** Return the photo's own file, or a JPEG if the server would refuse that file because of its size or type. */
async function fileForUpload(photo) {
  const { max_bytes: bytes, max_pixels: pixels } = pageData.server;
  const small = photo.file.size <= bytes && photo.width * photo.height <= pixels;
  if (small && TYPES_THE_SERVER_READS.test(photo.file.type)) return photo.file;
  const [width, height] = sizeWithin(photo.width, photo.height, pixels);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(photoPixels(photo, width, height), 0, 0);
  const smaller = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
  if (!smaller || smaller.size > bytes) throw new Problem("too-large");
  return smaller;
}

/** Send a form with XMLHttpRequest, because fetch() does not report how much was sent. */
function postForm(body, signal, sending) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => {
      request.abort();
      reject(signal.reason);
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    request.open("POST", PAINTINGS);
    request.responseType = "blob";
    request.upload.onprogress = ({ loaded, total }) => sending(loaded / total);
    request.onerror = () => reject(new Problem("unreachable"));
    request.onload = async () => {
      signal.removeEventListener("abort", stop);
      if (request.status !== 200) return reject(await problemFromResponse(request));
      resolve({ blob: request.response, seconds: Number(request.getResponseHeader("X-Painting-Seconds")) });
    };
    request.send(body);
  });
}

async function problemFromResponse(request) {
  const seconds = request.getResponseHeader("Retry-After") ?? 30;
  try {
    const { code } = JSON.parse(await request.response.text());
    return new Problem(code, { seconds });
  } catch {
    return new Problem(request.status === 413 ? "too-large" : "broken");
  }
}

async function pollProgress(id, signal, progress) {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
    const answer = await fetch(`${PAINTINGS}/${id}/progress`, { signal }).catch(() => null);
    const state = answer?.ok ? await answer.json().catch(() => null) : null;
    if (signal.aborted || !state) continue; // the job is not there yet, or `paint` will report the problem
    if (state.state === "waiting") progress({ phase: "waiting", place: state.position });
    else if (state.progress) progress({ phase: "painting", share: state.progress });
    else progress({ phase: "server_paints" });
  }
}

/** Return an id that nobody else can guess, without `randomUUID`, which is missing on plain http. */
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
