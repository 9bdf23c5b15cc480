// A photo from the camera: in the page where it is allowed, else with the phone's own camera.

import { pageText } from "./page_data.js";

const dialog = document.getElementById("viewfinder");
const snapshot = document.getElementById("snapshot");
const video = dialog.querySelector("video");
let openingCamera = false; // for leave to use the camera: a second click must not open it twice

/** Let buttons open the camera; `taken` gets the photo as a file, `failed` a text. */
export function connectCameraButtons(buttons, taken, failed) {
  for (const button of buttons) button.addEventListener("click", () => openCamera(failed));
  document.getElementById("shoot").addEventListener("click", async () => {
    const file = await photoFromVideo(video);
    if (!file) return; // the camera is not that far yet
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

/** Return what a camera's video shows, as the file of a photo, or null before its first frame. */
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
