// Downloads a painting, shares it with another app, and copies it to the clipboard.

import { pageText } from "./page_data.js";

const SUFFIXES = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/zip": "zip" };

/** Return the name of a painting's file. */
export function paintingFileName({ name, slug }, { type }) {
  return `${name}-${slug}.${SUFFIXES[type] ?? "png"}`;
}

/** Let the browser download a file. */
export function downloadFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Return the MIME types of pictures that this browser can write; some browsers write PNG when asked for WebP. */
export function writableImageTypes() {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 1, height: 1 });
  const types = ["image/jpeg", "image/png", "image/webp"];
  return types.filter((type) => canvas.toDataURL(type).startsWith(`data:${type}`));
}

function canShare() {
  const file = new File([new Uint8Array(1)], "painting.jpg", { type: "image/jpeg" });
  return Boolean(navigator.canShare?.({ files: [file] }));
}

function canCopy() {
  return Boolean(globalThis.ClipboardItem && navigator.clipboard?.write);
}

/**
 * Connect the buttons that share and copy; hide those that the browser does not support.
 * @param {object} buttons
 * @param {HTMLElement} buttons.share
 * @param {HTMLElement} buttons.copy
 * @param {(type?: string) => Promise<Blob>} buttons.file returns the painting as a file of the given MIME type,
 *   or, without one, of the painting's own type
 * @param {(blob: Blob) => string} buttons.name returns the name of the file
 * @param {(text: string) => void} buttons.failed is called with the text of a problem
 */
export function connectShareAndCopy({ share, copy, file, name, failed }) {
  share.hidden = !canShare();
  copy.hidden = !canCopy();
  share.addEventListener("click", async () => {
    try {
      const blob = await file();
      await navigator.share({ files: [new File([blob], name(blob), { type: blob.type })] });
    } catch (problem) {
      if (problem.name !== "AbortError") failed(pageText("problem_share")); // the visitor has aborted
    }
  });
  copy.addEventListener("click", async () => {
    try {
      // Pass a promise of the file: Safari allows this call only within the click.
      await navigator.clipboard.write([new ClipboardItem({ "image/png": file("image/png").then(convertToPng) })]);
      showOnButton(copy, pageText("copied"));
    } catch {
      failed(pageText("problem_copy"));
    }
  });
}

/** Return a picture as PNG, the only type that every clipboard accepts. */
async function convertToPng(blob) {
  if (blob.type === "image/png") return blob;
  const bitmap = await createImageBitmap(blob);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
  return new Promise((resolve, reject) => canvas.toBlob((png) => (png ? resolve(png) : reject(new Error("no memory")))));
}

/** Show on a button for two seconds, and to screen readers, what a click on it did. */
function showOnButton(button, text) {
  button.dataset.label ??= button.textContent;
  button.textContent = text;
  document.getElementById("said").textContent = text;
  setTimeout(() => (button.textContent = button.dataset.label), 2000);
}
