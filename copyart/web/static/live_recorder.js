// Records a canvas as a film, in memory, and hands it over as a download.

/** What films are recorded as: WebM, or MP4 in browsers that only know that; undefined where none is. */
const TYPE = ["video/webm", "video/mp4"].find((type) => globalThis.MediaRecorder?.isTypeSupported(type));
const LONGEST = 10 * 60_000; // milliseconds; a minute takes some 30 MB of memory
const BITS = 4e6; // a second

export const canRecord = Boolean(TYPE);

/** Start to record a canvas; the film is saved, by a name without suffix, when it is stopped or long enough. */
export function record(canvas, name, ended) {
  const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: TYPE, videoBitsPerSecond: BITS });
  const chunks = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.onstop = () => {
    clearTimeout(limit);
    for (const track of recorder.stream.getTracks()) track.stop();
    save(new Blob(chunks, { type: TYPE }), `${name}.${TYPE.slice(6)}`);
    ended();
  };
  const limit = setTimeout(() => recorder.stop(), LONGEST);
  recorder.start(1000);
  return recorder;
}

function save(blob, name) {
  const link = document.createElement("a");
  Object.assign(link, { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
