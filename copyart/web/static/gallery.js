// The gallery: what was painted on this device, kept until the visitor forgets it.

import { ask } from "./ask.js";
import { known, Problem, say } from "./page_data.js";
import { forgetAll, forgetPainting, keepPainting, onChange, paintings } from "./store.js";
import { connectCarrying, nameOf, save } from "./take_away.js";

const SMALL = 160; // pixels of a side of the small pictures
const $ = (id) => document.getElementById(id);
const [section, list, dialog] = [$("gallery"), $("gallery-list"), $("gallery-shown")];
const [picture, caption] = [dialog.querySelector("img"), dialog.querySelector("h2")];

let shown = null; // the painting that is open
let addresses = []; // of the small pictures, to be revoked

/**
 * Keep a painting.
 * @param {{ id: string, slug: string, manner: string, name: string, blob: Blob }} painting
 */
export async function keep(painting) {
  const bitmap = await createImageBitmap(painting.blob);
  const [small, { width, height }] = [await smallOf(bitmap), bitmap];
  bitmap.close();
  await keepPainting({ ...painting, small, width, height, when: Date.now() });
  await refresh();
}

/** Show what is kept. */
export async function refresh() {
  const kept = await paintings();
  for (const address of addresses) URL.revokeObjectURL(address);
  addresses = kept.map(({ small }) => URL.createObjectURL(small));
  const focused = list.contains(document.activeElement) && /** @type {HTMLElement} */ (document.activeElement).dataset.id;
  list.replaceChildren(...kept.map((painting, at) => itemOf(painting, addresses[at])));
  if (focused) (list.querySelector(`[data-id="${focused}"]`) ?? list.querySelector("button"))?.focus();
  section.hidden = !kept.length;
}

function itemOf(painting, address) {
  const [item, button, image] = ["li", "button", "img"].map((name) => document.createElement(name));
  Object.assign(image, { src: address, alt: titleOf(painting), width: 80, height: 80 });
  Object.assign(button, { type: "button", onclick: () => open(painting) });
  button.dataset.id = painting.id;
  button.append(image);
  item.append(button);
  return item;
}

function titleOf({ slug, manner, name }) {
  return say("gallery_item", { name, manner: known.styles.find((style) => style.slug === slug)?.manner ?? manner });
}

async function smallOf(bitmap) {
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: SMALL, height: SMALL });
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  canvas.getContext("2d").drawImage(bitmap, left, top, side, side, 0, 0, SMALL, SMALL);
  const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
  if (!small) throw new Problem("no-memory");
  return small;
}

function open(painting) {
  shown = painting;
  Object.assign(picture, { src: URL.createObjectURL(painting.blob), alt: titleOf(painting) });
  Object.assign(picture, { width: painting.width, height: painting.height });
  caption.textContent = titleOf(painting);
  $("gallery-problem").hidden = true;
  dialog.showModal();
}

dialog.addEventListener("close", () => {
  URL.revokeObjectURL(picture.src);
  picture.removeAttribute("src");
});
$("gallery-close").addEventListener("click", () => dialog.close());
$("gallery-download").addEventListener("click", () => save(shown.blob, nameOf(shown, shown.blob)));
$("gallery-forget").addEventListener("click", async () => {
  await forgetPainting(shown.id);
  dialog.close();
  await refresh();
});
$("forget-all").addEventListener("click", async () => {
  if (!(await ask(say("forget_all_sure"), say("forget_all"), say("keep_them")))) return;
  await forgetAll();
  await refresh();
  document.getElementById("easel").focus({ preventScroll: true });
  $("said").textContent = say("forgotten");
});

connectCarrying({
  share: $("gallery-share"),
  copy: $("gallery-copy"),
  file: async () => shown.blob,
  name: (blob) => nameOf(shown, blob),
  failed: (text) => {
    $("gallery-problem").textContent = text;
    $("gallery-problem").hidden = false;
  },
});
onChange(() => refresh().catch(() => {}));
refresh().catch(() => {}); // where nothing can be kept, there is nothing to show
