// The page: a photo comes in, a click on a card paints it in that style, and the painting is taken away.

import { BrowserPainter, whyNot } from "./browser_painter.js";
import { connectCamera } from "./camera.js";
import { asFile, hangCoarse, hangPainting, hangPhoto, hangSketch, hangStrip, showPhoto, unveil } from "./frame.js";
import { connectLive } from "./live.js";
import { known, number, Problem, say } from "./page_data.js";
import { pixelsOf, readPhoto, sizeWithin } from "./photo.js";
import { ServerPainter } from "./server_painter.js";
import "./style_filter.js";
import { StyleWall } from "./style_wall.js";

const $ = (id) => document.getElementById(id);
const form = document.querySelector(".painting-form");
const SHOWN = 3e6; // pixels of a photo that hangs there unpainted

const reason = whyNot();
const server = known.server && new ServerPainter();
const browser = reason ? null : new BrowserPainter();
const wall = reason ? null : new StyleWall();

let photo = null;
let taking = null; // the file that is being read
let work = null; // the painting under way: what stops it, and its style
let hanging = null; // the painting in the frame: { slug, …what the painter gave }
const finished = new Map(); // slug → painting of this photo

// Choosing

form.noValidate = true; // a photo that was dropped or taken is not in the field
$("photo").addEventListener("change", ({ target }) => {
  const file = target.files[0];
  if (file) take(file);
  target.value = ""; // the same photo again is a choice too
});
for (const button of form.querySelectorAll(".sample")) {
  button.addEventListener("click", async () => {
    const blob = await fetch(button.firstElementChild.src).then((answer) => answer.blob()).catch(() => null);
    if (blob) take(new File([blob], "sample.jpg", { type: "image/jpeg" }));
    else complain(say("problem_unreachable"));
  });
}
connectCamera([$("camera"), $("camera-again")], take, complain);
if (browser) connectLive([$("live-open"), $("live-again")], liveHooks());
addEventListener("paste", ({ clipboardData }) => clipboardData?.files.length && take(clipboardData.files[0]));

for (const kind of ["dragenter", "dragover"]) addEventListener(kind, (event) => landing(event, true));
addEventListener("dragleave", (event) => event.relatedTarget || landing(event, false));
addEventListener("drop", (event) => {
  landing(event, false);
  if (event.dataTransfer?.files.length) take(event.dataTransfer.files[0]);
});

function landing(event, over) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  form.querySelector(".landing").hidden = !over;
}

/** Return how the live camera and the page get along: one of them paints at a time. */
function liveHooks() {
  const opened = () => {
    cancel();
    wall?.pause();
  };
  const taken = async (file, style) => {
    await take(file);
    choose(style);
    paint(browser, style);
  };
  return { slug: () => chosen()?.slug, opened, closed: () => wall?.resume(), failed: complain, taken };
}

async function take(file) {
  cancel();
  hush();
  taking = file;
  const next = await readPhoto(file).catch((problem) => problem);
  if (taking !== file) return next.bitmap?.close(); // another one came meanwhile
  if (next instanceof Problem) return complain(next.text);
  cancel(); // what was begun meanwhile with the photo before
  photo?.bitmap.close();
  photo = next;
  finished.clear();
  hanging = null;
  choose(null);
  hangPhoto(photo, pixelsOf(photo, ...sizeWithin(photo.width, photo.height, SHOWN)));
  show("ready");
  wall?.show(photo);
  if (photo.moves) note(say("moves"));
  announce(say("your_photo", photo));
  form.querySelector(".artist:not([hidden]) input")?.focus({ preventScroll: true });
}

// A click, not a change: the card that is chosen already can be clicked too. The arrow keys click as well.
form.addEventListener("click", ({ target }) => target.name === "artist" && chooseArtist());

/** Return the style whose card is chosen, or null. */
function chosen() {
  return known.styles.find((style) => style.slug === form.elements.artist.value) ?? null;
}

function choose(style) {
  for (const card of form.querySelectorAll(".artist input")) card.checked = card.value === style?.slug;
}

function chooseArtist() {
  if (!photo) return tellWhoPaints();
  const style = chosen();
  if (work?.style === style) return;
  if (!finished.has(style.slug)) return paint(usual(style));
  stop();
  hush();
  hang(finished.get(style.slug));
  announce(doneText(hanging));
}

/** Return who paints in a style, unless the visitor says otherwise: this browser, else the server, if there is one. */
function usual(style) {
  return browser && (style ?? known.styles[0]).weights ? browser : server;
}

// Painting

form.addEventListener("submit", (event) => {
  event.preventDefault();
  paint(usual(chosen()));
});
$("use-server").addEventListener("click", () => paint(server));
$("cancel").addEventListener("click", cancel);

async function paint(painter, style = chosen()) {
  if (!photo) return complain(say("problem_bad-request"));
  if (!style) return complain(say("problem_bad-request"));
  if (!painter) return complain(say("nobody"));
  stop();
  hush();
  const own = Object.assign(new AbortController(), { style });
  work = own;
  showPhoto();
  show("painting");
  const sketch = wall?.sketch(style);
  if (sketch) hangSketch(sketch);
  form.querySelector(".wall").scrollIntoView({ block: "nearest" });
  if (document.activeElement?.name !== "artist") $("cancel").focus({ preventScroll: true });
  tellWhoPaints(painter);
  tell({ phase: painter.here ? "starting" : "sending", share: 0 });
  try {
    const result = await painter.paint(photo, style, { signal: own.signal, progress: (what) => own === work && tell(what) });
    if (own !== work) return;
    work = null;
    finished.set(style.slug, { ...result, style, here: painter.here });
    hang(finished.get(style.slug));
    unveil();
    announce(doneText(hanging));
    focusOnNext();
  } catch (problem) {
    if (own !== work) return;
    work = null;
    rest();
    give(problem, painter);
  }
}

function stop() {
  work?.abort(new Problem("cancelled"));
  work = null;
}

/** Stop painting; what hung before hangs again. */
function cancel() {
  if (!work) return;
  stop();
  if (hanging) choose(hanging.style);
  rest();
  announce(say("cancelled"));
  focusOnNext();
}

/** Show what there is in the chosen style: its painting, or the photo that waits for one. */
function rest() {
  const painting = finished.get(chosen()?.slug);
  if (painting) return hang(painting);
  showPhoto();
  show("ready");
}

/** Move on from a button that is gone; whoever is among the cards stays there. */
function focusOnNext() {
  if (document.activeElement?.name === "artist") return;
  const card = form.querySelector(".artist input:checked, .artist:not([hidden]) input");
  const next = form.dataset.state === "painted" ? $("download") : $("paint").hidden ? card : $("paint");
  next?.focus({ preventScroll: true });
}

function give(problem, painter) {
  complain(problem instanceof Problem ? problem.text : say("problem_broken"));
  if (painter.here) offer(say("server_instead"));
  $("paint").hidden = false;
  focusOnNext();
}

function tell({ phase, share, done, total, place, ...drawn }) {
  if (drawn.coarse) return hangCoarse(drawn.coarse, drawn.width, drawn.height);
  if (drawn.rows) return hangStrip(drawn.rows, drawn.top);
  const MEGA = 1e6;
  const words = {
    fetching: () => say("fetching", { done: number(done / MEGA, 1), total: number(total / MEGA, 1) }),
    sending: () => say("sending", { percent: number(100 * share) }),
    painting: () => say("painting", { percent: number(100 * share) }),
    waiting: () => (place ? say("waiting_place", { place: number(place) }) : say("waiting")),
  };
  const text = words[phase]?.() ?? say(phase);
  const part = share ?? (phase === "fetching" ? done / total : null);
  if (part === null) $("progress").removeAttribute("value");
  else $("progress").value = part;
  $("status").textContent = text;
  const quarter = `${phase} ${Math.floor(4 * (part ?? 0))}`;
  if (tell.said !== quarter) announce(text);
  tell.said = quarter;
}

// What comes of it

function hang(painting) {
  hanging = painting;
  hangPainting(painting, painting.style.manner, mixture());
  show("painted");
  $("painter").textContent = `${doneText(painting)} ${whoPaints(painting.here ? browser : server, painting.style)}`;
  const { width, height } = painting.photo;
  if (width * height < photo.width * photo.height) {
    const sizes = { width, height, full_width: photo.width, full_height: photo.height };
    note(say(painting.here ? "reduced" : "server_reduced", written(sizes)));
    const [widest, highest] = sizeWithin(photo.width, photo.height, known.server?.max_pixels ?? 0);
    const larger = painting.here && widest * highest > width * height;
    if (larger) offer(say("larger_on_server", written({ width: widest, height: highest })));
  }
}

function written(sizes) {
  return Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, number(size)]));
}

function doneText({ style, seconds }) {
  return say("done", { manner: style.manner, seconds: number(seconds, 1) });
}

function mixture() {
  return { strength: Number($("strength").value), preserve: $("preserve").checked };
}

let drawing = null;
for (const control of [$("strength"), $("preserve")]) {
  control.addEventListener("input", () => {
    showStrength();
    drawing ??= requestAnimationFrame(() => {
      drawing = null;
      if (hanging) hangPainting(hanging, hanging.style.manner, mixture());
    });
  });
}

function showStrength() {
  const text = `${number(100 * $("strength").value)} %`;
  $("strength-value").textContent = text;
  $("strength").setAttribute("aria-valuetext", text);
}

$("download").addEventListener("click", async () => {
  const { strength, preserve } = mixture();
  const untouched = strength === 1 && !preserve && hanging.blob;
  const file = untouched || (await asFile(`image/${photo.format}`));
  if (!file) return complain(say("problem_no-memory"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `${photo.name}-${hanging.style.slug}.${photo.format === "jpeg" ? "jpg" : "png"}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});

// What is said

function show(state) {
  form.dataset.state = state;
  if (state === "painting") wall?.pause();
  else wall?.resume();
  $("whose").textContent = state === "ready" ? say("pick_now") : (work ?? hanging).style.manner;
  if (state === "ready") tellWhoPaints();
}

/** Say who paints: below the cards, and with a lock beside the button that chooses a photo. */
function tellWhoPaints(painter = usual(chosen())) {
  for (const line of [$("painter"), $("promise").lastElementChild]) line.textContent = whoPaints(painter, chosen());
  $("promise").firstElementChild.toggleAttribute("hidden", !painter?.here);
}

function whoPaints(painter, style) {
  if (painter?.here) return say("in_browser");
  const why = reason ?? ((style ?? known.styles[0]).weights ? null : "why_style");
  return [painter ? "on_server" : "nobody", why].filter(Boolean).map((word) => say(word)).join(" ");
}

function announce(text) {
  $("said").textContent = text;
}

function complain(text) {
  $("problem").textContent = text;
  $("problem").hidden = false;
  $("problem").scrollIntoView({ block: "nearest" });
}

function note(text) {
  $("note").firstElementChild.textContent = text;
  $("note").hidden = false;
}

function offer(text) {
  if (!server) return;
  $("use-server").textContent = text;
  $("use-server").hidden = false;
}

function hush() {
  for (const id of ["problem", "note", "use-server", "paint"]) $(id).hidden = true;
}

choose(null);
$("paint").textContent = say("again"); // a click on a card paints; the button is for a second try
hush();
tellWhoPaints();
showStrength();
