// Takes a photo: on a phone with its own camera application, else with the camera in the page.

import { pageText } from "./page_data.js";

const dialog = document.getElementById("viewfinder");
const snapshot = document.getElementById("snapshot");
const video = dialog.querySelector("video");
let openingCamera = false; // while the visitor is asked for permission: a second click must not open the camera twice

/** Let buttons open the camera. `taken` is called with the photo as a file, `failed` with the text of an error. */
export function connectCameraButtons(buttons, taken, failed) {
  for (const button of buttons) button.addEventListener("click", () => openCamera(failed));
  document.getElementById("shoot").addEventListener("click", async () => {
    const file = await photoFromVideo(video);
    if (!file) return; // the video has no frame yet
    dialog.close();
    taken(file);
  });
  document.getElementById("leave").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", stopCamera);
  snapshot.addEventListener("change", () => snapshot.files[0] && taken(snapshot.files[0]));
}

async function openCamera(failed) {
  // A phone's own camera application takes better photos than a page can.
  const own = matchMedia("(pointer: coarse)").matches && "capture" in snapshot;
  if (own || !navigator.mediaDevices?.getUserMedia) return snapshot.click();
  if (openingCamera || dialog.open) return;
  openingCamera = true;
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
  } catch {
    return failed(pageText("camera_refused"));
  } finally {
    openingCamera = false;
  }
  dialog.showModal();
  await video.play();
}

/** Return the current frame of a camera's video as a JPEG file, or null before the first frame. */
export function photoFromVideo(video) {
  if (!video.videoWidth) return null;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((resolve) =>
    canvas.toBlob((blob) => resolve(blob && new File([blob], "photo.jpg", { type: blob.type })), "image/jpeg", 0.95),
  );
}

function stopCamera() {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}
