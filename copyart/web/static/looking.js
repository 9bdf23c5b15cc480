// Looking closely: zoom, pan, the divider under the hand, the photo for comparison, the full screen.

import { number, say } from "./page_data.js";

const $ = (id) => document.getElementById(id);
const STEP = 1.5; // of one press of a zoom button
const MOST = 8; // times the size that fits, or four times that at which a pixel is a pixel, whichever is more
const NEAR = 24; // pixels from the divider within which it is taken hold of
const KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const [compared, panes, canvas, split] = [document.querySelector(".compared"), $("panes"), $("painting"), $("split")];

let looked = () => {}; // called when the picture has moved
let [zoom, x, y] = [1, 0, 0]; // how many times as large as fits, and where its corner lies
const pointers = new Map(); // id → where each finger is
let [taken, moved] = [null, false]; // what the pointer has hold of: "divider" or "picture"

/** Show all of the picture again. */
export function fit() {
  look(1, 0, 0);
}

/** Return where the divider, a share of what is seen, cuts the picture, as a share of that. */
export function cutOf(place) {
  const { width } = panes.getBoundingClientRect();
  return width ? Math.min(1, Math.max(0, (place * width - x) / (zoom * width))) : place;
}

/** Call back when the picture has moved, so that the divider can cut it anew. */
export function connectLooking(moved) {
  looked = moved;
}

function look(next, left, top) {
  const { width, height } = panes.getBoundingClientRect();
  zoom = next;
  [x, y] = [within(left, width - zoom * width, 0), within(top, height - zoom * height, 0)];
  panes.style.setProperty("--zoom", zoom);
  panes.style.setProperty("--left", `${x}px`);
  panes.style.setProperty("--top", `${y}px`);
  compared.toggleAttribute("data-zoomed", zoom > 1);
  $("zoom-value").textContent = zoom === 1 ? say("zoom_fit") : `${number((100 * zoom) / whole())} %`;
  for (const [id, off] of [["zoom-out", zoom <= 1], ["zoom-in", zoom >= most()]]) $(id).setAttribute("aria-disabled", off);
  looked();
}

/** Zoom, and keep a point of what is seen where it is: by default the middle. */
function zoomTo(next, point) {
  const { width, height } = panes.getBoundingClientRect();
  const [across, down] = point ?? [width / 2, height / 2];
  const to = within(next, 1, most());
  look(to, across - ((across - x) * to) / zoom, down - ((down - y) * to) / zoom);
}

/** Return the zoom at which a pixel of the picture is a pixel of the screen. */
function whole() {
  return canvas.width / ((panes.getBoundingClientRect().width || 1) * devicePixelRatio);
}

function most() {
  return Math.max(MOST, 4 * whole());
}

function within(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

/** Toggle between all of the picture and its own size, around a point. */
function toggle(point) {
  zoomTo(zoom > 1 ? 1 : Math.max(whole(), STEP), point);
}

$("zoom-in").addEventListener("click", () => zoomTo(zoom * STEP));
$("zoom-out").addEventListener("click", () => zoomTo(zoom / STEP));
$("zoom-full").addEventListener("click", () => zoomTo(whole()));
panes.addEventListener("keydown", (event) => {
  const { width, height } = panes.getBoundingClientRect();
  const way = KEYS[event.key];
  if (way && zoom > 1) look(zoom, x + (way[0] * width) / 5, y + (way[1] * height) / 5);
  else if (event.key === "+" || event.key === "=") zoomTo(zoom * STEP);
  else if (event.key === "-") zoomTo(zoom / STEP);
  else if (event.key === "0") fit();
  else if (event.key === "1") zoomTo(whole());
  else return;
  event.preventDefault();
});
addEventListener("resize", fit);

// The hand

compared.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  compared.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, pointOf(event));
  moved = false;
  taken = pointers.size === 1 && held(event) ? "divider" : "picture";
  if (taken === "divider" && event.pointerType === "mouse") divide(event);
});
compared.addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const now = pointOf(event);
  moved ||= Math.hypot(now[0] - before[0], now[1] - before[1]) > 2;
  if (pointers.size === 2) pinch(event.pointerId, before, now);
  else if (taken === "divider") divide(event);
  else if (zoom > 1) look(zoom, x + now[0] - before[0], y + now[1] - before[1]);
  pointers.set(event.pointerId, now);
});
compared.addEventListener("pointerup", (event) => {
  if (pointers.delete(event.pointerId) && taken === "divider" && !moved) divide(event);
});
compared.addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
compared.addEventListener("dblclick", (event) => toggle(pointOf(event)));
compared.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey && !document.fullscreenElement) return; // it scrolls the page
    event.preventDefault();
    zoomTo(zoom * Math.exp(-event.deltaY / 200), pointOf(event));
  },
  { passive: false },
);

function pointOf({ clientX, clientY }) {
  const { left, top } = panes.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

/** Tell whether a pointer takes hold of the divider: all of the picture is its handle, unless there is more to see. */
function held(event) {
  if (split.hidden) return false;
  return zoom === 1 || Math.abs(pointOf(event)[0] - (split.value / 100) * panes.clientWidth) < NEAR;
}

function divide(event) {
  split.value = (100 * pointOf(event)[0]) / panes.clientWidth;
  split.dispatchEvent(new Event("input"));
}

function pinch(id, before, now) {
  const [other] = [...pointers].find(([each]) => each !== id).slice(1);
  const apart = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
  zoomTo((zoom * apart(now)) / Math.max(apart(before), 1), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
}

// The photo for comparison, as long as the button is held; a screen reader's click turns it on and off

const hold = $("hold");
const show = (shown) => {
  compared.toggleAttribute("data-held", shown);
  hold.setAttribute("aria-pressed", String(shown));
};
let byHand = false; // a click follows that is none of its own
hold.addEventListener("pointerdown", () => show((byHand = true)));
for (const kind of ["pointerup", "pointerleave", "pointercancel", "blur"]) hold.addEventListener(kind, () => show(false));
hold.addEventListener("keydown", ({ key }) => (key === " " || key === "Enter") && show((byHand = true)));
hold.addEventListener("keyup", () => show(false));
hold.addEventListener("click", () => {
  if (!byHand) show(hold.getAttribute("aria-pressed") !== "true");
  byHand = false;
});

// The full screen

const full = $("full-screen");
full.hidden = !document.fullscreenEnabled;
full.addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.querySelector(".frame").requestFullscreen().catch(() => {});
});
document.addEventListener("fullscreenchange", () => {
  full.ariaLabel = full.title = say(document.fullscreenElement ? "leave_full_screen" : "full_screen");
  fit();
});
