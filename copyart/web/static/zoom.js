// Zooms and moves the picture with buttons, keys, mouse and fingers, and moves the divider with mouse and fingers.

import { formatNumber, pageText } from "./page_data.js";

const $ = (id) => document.getElementById(id);
const ZOOM_STEP = 1.5; // of one press of a zoom button
const MIN_MAX_ZOOM = 8; // the largest zoom, unless four times the full size is more
const GRAB_DISTANCE = 24; // pixels from the divider within which a pointer grabs it
const ARROW_KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const [compared, panes, canvas, split] = [document.querySelector(".comparison"), $("panes"), $("painting"), $("split")];

let pictureMoved = () => {}; // called when the picture has moved
let [zoom, x, y] = [1, 0, 0]; // times the size that fits; place of the picture's top left corner
const pointers = new Map(); // id → where each finger is
let [dragged, hasMoved] = [null, false]; // what the pointer moves: "divider" or "picture"

/** Show the whole picture again. */
export function zoomToFit() {
  moveView(1, 0, 0);
}

/** Return where the divider cuts the picture, as a fraction of its width; `place` is a fraction of the visible width. */
export function dividerInPicture(place) {
  const { width } = panes.getBoundingClientRect();
  return width ? Math.min(1, Math.max(0, (place * width - x) / (zoom * width))) : place;
}

/** Call `moved` whenever the picture has moved, so that the divider can be adjusted. */
export function onPictureMoved(moved) {
  pictureMoved = moved;
}

function moveView(next, left, top) {
  const { width, height } = panes.getBoundingClientRect();
  zoom = next;
  [x, y] = [clamp(left, width - zoom * width, 0), clamp(top, height - zoom * height, 0)];
  panes.style.setProperty("--zoom", zoom);
  panes.style.setProperty("--left", `${x}px`);
  panes.style.setProperty("--top", `${y}px`);
  compared.toggleAttribute("data-zoomed", zoom > 1);
  $("zoom-value").textContent = zoom === 1 ? pageText("zoom_fit") : `${formatNumber((100 * zoom) / fullSizeZoom())} %`;
  for (const [id, off] of [["zoom-out", zoom <= 1], ["zoom-in", zoom >= maxZoom()]]) $(id).setAttribute("aria-disabled", off);
  pictureMoved();
}

/** Zoom around a point (by default the middle), which keeps its place on the screen. */
function zoomTo(next, point) {
  const { width, height } = panes.getBoundingClientRect();
  const [across, down] = point ?? [width / 2, height / 2];
  const to = clamp(next, 1, maxZoom());
  moveView(to, across - ((across - x) * to) / zoom, down - ((down - y) * to) / zoom);
}

/** Return the zoom at which a pixel of the picture is a pixel of the screen. */
function fullSizeZoom() {
  return canvas.width / ((panes.getBoundingClientRect().width || 1) * devicePixelRatio);
}

function maxZoom() {
  return Math.max(MIN_MAX_ZOOM, 4 * fullSizeZoom());
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

/** Toggle between the whole picture and its full size, around a point. */
function toggleFullSize(point) {
  zoomTo(zoom > 1 ? 1 : Math.max(fullSizeZoom(), ZOOM_STEP), point);
}

$("zoom-in").addEventListener("click", () => zoomTo(zoom * ZOOM_STEP));
$("zoom-out").addEventListener("click", () => zoomTo(zoom / ZOOM_STEP));
$("zoom-full").addEventListener("click", () => zoomTo(fullSizeZoom()));
panes.addEventListener("keydown", (event) => {
  const { width, height } = panes.getBoundingClientRect();
  const way = ARROW_KEYS[event.key];
  if (way && zoom > 1) moveView(zoom, x + (way[0] * width) / 5, y + (way[1] * height) / 5);
  else if (event.key === "+" || event.key === "=") zoomTo(zoom * ZOOM_STEP);
  else if (event.key === "-") zoomTo(zoom / ZOOM_STEP);
  else if (event.key === "0") zoomToFit();
  else if (event.key === "1") zoomTo(fullSizeZoom());
  else return;
  event.preventDefault();
});
addEventListener("resize", zoomToFit);

// Mouse and fingers

compared.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  compared.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, pointInPicture(event));
  hasMoved = false;
  dragged = pointers.size === 1 && grabsDivider(event) ? "divider" : "picture";
  if (dragged === "divider" && event.pointerType === "mouse") moveDivider(event);
});
compared.addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const now = pointInPicture(event);
  hasMoved ||= Math.hypot(now[0] - before[0], now[1] - before[1]) > 2;
  if (pointers.size === 2) pinchZoom(event.pointerId, before, now);
  else if (dragged === "divider") moveDivider(event);
  else if (zoom > 1) moveView(zoom, x + now[0] - before[0], y + now[1] - before[1]);
  pointers.set(event.pointerId, now);
});
compared.addEventListener("pointerup", (event) => {
  if (pointers.delete(event.pointerId) && dragged === "divider" && !hasMoved) moveDivider(event);
});
compared.addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
compared.addEventListener("dblclick", (event) => toggleFullSize(pointInPicture(event)));
compared.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey && !document.fullscreenElement) return; // the wheel scrolls the page
    event.preventDefault();
    zoomTo(zoom * Math.exp(-event.deltaY / 200), pointInPicture(event));
  },
  { passive: false },
);

function pointInPicture({ clientX, clientY }) {
  const { left, top } = panes.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

/** Tell whether a pointer grabs the divider. In a zoomed picture it must be close to the divider, else anywhere. */
function grabsDivider(event) {
  if (split.hidden) return false;
  return zoom === 1 || Math.abs(pointInPicture(event)[0] - (split.value / 100) * panes.clientWidth) < GRAB_DISTANCE;
}

function moveDivider(event) {
  split.value = (100 * pointInPicture(event)[0]) / panes.clientWidth;
  split.dispatchEvent(new Event("input"));
}

function pinchZoom(id, before, now) {
  const [other] = [...pointers].find(([each]) => each !== id).slice(1);
  const apart = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
  zoomTo((zoom * apart(now)) / Math.max(apart(before), 1), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
}
