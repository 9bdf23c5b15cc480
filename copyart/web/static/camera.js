// A photo from the camera: in the page where it is allowed, else with the phone's own camera.

import { say } from "./page_data.js";

const dialog = document.getElementById("viewfinder");
const snapshot = document.getElementById("snapshot");
const video = dialog.querySelector("video");
let asking = false; // for leave to use the camera: a second click must not open it twice

/** Let buttons open the camera; `taken` gets the photo as a file, `failed` a text. */
export function connectCamera(buttons, taken, failed) {
  for (const button of buttons) button.addEventListener("click", () => open(failed));
  document.getElementById("shoot").addEventListener("click", async () => {
    const file = await photoOf(video);
    if (!file) return; // the camera is not that far yet
    dialog.close();
    taken(file);
  });
  document.getElementById("leave").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", release);
  snapshot.addEventListener("change", () => snapshot.files[0] && taken(snapshot.files[0]));
}

async function open(failed) {
  // A phone's own camera application takes better photos than a page can.
  const own = matchMedia("(pointer: coarse)").matches && "capture" in snapshot;
  if (own || !navigator.mediaDevices?.getUserMedia) return snapshot.click();
  if (asking || dialog.open) return;
  asking = true;
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
  } catch {
    return failed(say("camera_refused"));
  } finally {
    asking = false;
  }
  dialog.showModal();
  await video.play();
}

/** Return what a camera's video shows, as the file of a photo, or null before its first frame. */
export function photoOf(video) {
  if (!video.videoWidth) return null;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((resolve) =>
    canvas.toBlob((blob) => resolve(blob && new File([blob], "photo.jpg", { type: blob.type })), "image/jpeg", 0.95),
  );
}

function release() {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}
