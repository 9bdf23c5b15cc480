// The gallery: shows the paintings that were made on this device, until the visitor deletes them.

import { askToConfirm } from "./confirm_dialog.js";
import { deleteEverything, deletePainting, onPaintingsChanged, storedPaintings, storePainting } from "./device_storage.js";
import { pageData, pageText, Problem } from "./page_data.js";
import { connectShareAndCopy, downloadFile, paintingFileName } from "./save_and_share.js";

const THUMBNAIL_SIDE = 160; // pixels
const $ = (id) => document.getElementById(id);
const [section, list, dialog] = [$("gallery"), $("gallery-list"), $("gallery-shown")];
const [picture, caption] = [dialog.querySelector("img"), dialog.querySelector("h2")];

let openedPainting = null; // the painting in the dialog
let addresses = []; // object URLs of the thumbnails, to be revoked

/**
 * Store a painting with a thumbnail, and show the gallery.
 * @param {{ id: string, slug: string, manner: string, name: string, blob: Blob }} painting
 */
export async function addToGallery(painting) {
  const bitmap = await createImageBitmap(painting.blob);
  const [small, { width, height }] = [await thumbnailOf(bitmap), bitmap];
  bitmap.close();
  await storePainting({ ...painting, small, width, height, when: Date.now() });
  await showGallery();
}

/** Show the stored paintings. */
export async function showGallery() {
  const kept = await storedPaintings();
  for (const address of addresses) URL.revokeObjectURL(address);
  addresses = kept.map(({ small }) => URL.createObjectURL(small));
  const focused = list.contains(document.activeElement) && /** @type {HTMLElement} */ (document.activeElement).dataset.id;
  list.replaceChildren(...kept.map((painting, at) => galleryItem(painting, addresses[at])));
  if (focused) (list.querySelector(`[data-id="${focused}"]`) ?? list.querySelector("button"))?.focus();
  section.hidden = !kept.length;
}

function galleryItem(painting, address) {
  const [item, button, image] = ["li", "button", "img"].map((name) => document.createElement(name));
  Object.assign(image, { src: address, alt: paintingTitle(painting), width: 80, height: 80 });
  Object.assign(button, { type: "button", onclick: () => openPainting(painting) });
  button.dataset.id = painting.id;
  button.append(image);
  item.append(button);
  return item;
}

function paintingTitle({ slug, manner, name }) {
  return pageText("gallery_item", { name, manner: pageData.styles.find((style) => style.slug === slug)?.manner ?? manner });
}

async function thumbnailOf(bitmap) {
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE });
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  canvas.getContext("2d").drawImage(bitmap, left, top, side, side, 0, 0, THUMBNAIL_SIDE, THUMBNAIL_SIDE);
  const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
  if (!small) throw new Problem("no-memory");
  return small;
}

function openPainting(painting) {
  openedPainting = painting;
  Object.assign(picture, { src: URL.createObjectURL(painting.blob), alt: paintingTitle(painting) });
  Object.assign(picture, { width: painting.width, height: painting.height });
  caption.textContent = paintingTitle(painting);
  $("gallery-problem").hidden = true;
  dialog.showModal();
}

dialog.addEventListener("close", () => {
  URL.revokeObjectURL(picture.src);
  picture.removeAttribute("src");
});
$("gallery-close").addEventListener("click", () => dialog.close());
$("gallery-download").addEventListener("click", () => {
  downloadFile(openedPainting.blob, paintingFileName(openedPainting, openedPainting.blob));
});
$("gallery-forget").addEventListener("click", async () => {
  await deletePainting(openedPainting.id);
  dialog.close();
  await showGallery();
});
$("forget-all").addEventListener("click", async () => {
  if (!(await askToConfirm(pageText("forget_all_sure"), pageText("forget_all"), pageText("keep_them")))) return;
  await deleteEverything();
  await showGallery();
  document.getElementById("easel").focus({ preventScroll: true });
  $("said").textContent = pageText("forgotten");
});

connectShareAndCopy({
  share: $("gallery-share"),
  copy: $("gallery-copy"),
  file: async () => openedPainting.blob,
  name: (blob) => paintingFileName(openedPainting, blob),
  failed: (text) => {
    $("gallery-problem").textContent = text;
    $("gallery-problem").hidden = false;
  },
});
onPaintingsChanged(() => showGallery().catch(() => {}));
showGallery().catch(() => {}); // where the browser stores nothing, there is nothing to show
