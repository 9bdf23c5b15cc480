// Records a canvas as a film in memory, and downloads the film.

import { downloadFile } from "./save_and_share.js";
import { addDuration } from "./webm_duration.js";

/** MIME type of films: WebM, or MP4 if the browser cannot record WebM; undefined if it can record neither. */
const TYPE = ["video/webm", "video/mp4"].find((type) => globalThis.MediaRecorder?.isTypeSupported(type));
const MAX_DURATION = 10 * 60_000; // milliseconds; a minute takes some 30 MB of memory
const BITS_PER_SECOND = 4e6;

export const canRecord = Boolean(TYPE);

/** Start to record a canvas. At `stop()`, or after `MAX_DURATION`, download the film as `name` plus a suffix. */
export function recordCanvas(canvas, name, ended) {
  const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: TYPE, videoBitsPerSecond: BITS_PER_SECOND });
  const chunks = [];
  const start = performance.now();
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.onstop = async () => {
    const duration = performance.now() - start;
    clearTimeout(limit);
    for (const track of recorder.stream.getTracks()) track.stop();
    const film = new Blob(chunks, { type: TYPE });
    downloadFile(await addDuration(film, duration), `${name}.${TYPE.slice(6)}`);
    ended();
  };
  const limit = setTimeout(() => recorder.stop(), MAX_DURATION);
  recorder.start(1000);
  return recorder;
}
