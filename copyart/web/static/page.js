// The page: a photo comes in, a click on a card paints it in that style, and the painting is taken away.

import { adjustTo, blending, brushSize, coarsePixels, connectAdjusting, mixedWith, offerFor } from "./adjusting.js";
import { ask } from "./ask.js";
import { blended } from "./blend.js";
import { BrowserPainter, whyNot } from "./browser_painter.js";
import { connectChoosing } from "./choosing.js";
import { asFile, fileOf, hangCoarse, hangPainting, hangPhoto, hangPreview, hangStrip, revealing, showFrame, showPhoto } from "./frame.js";
import { keep } from "./gallery.js";
import { connectLive } from "./live.js";
import { announce, complain, hush, note, offer, tellProgress, tellSize } from "./messages.js";
import { keepStyleOffline, workOffline } from "./offline.js";
import { known, number, Problem, say } from "./page_data.js";
import { pixelsOf, readPhoto, sizeWithin } from "./photo.js";
import { keyOf, Paintings } from "./paintings.js";
import { Preview } from "./preview.js";
import { ServerPainter } from "./server_painter.js";
import { paintSeveral, severalText } from "./several.js";
import { keepPhoto, keptPhoto } from "./store.js";
import "./style_filter.js";
import { StyleWall } from "./style_wall.js";
import { connectCarrying, nameOf, save, writableTypes } from "./take_away.js";

const $ = (id) => document.getElementById(id);
const form = document.querySelector(".painting-form");
const SHOWN = 3e6; // pixels of a photo that hangs there unpainted

const reason = whyNot();
const server = known.server && new ServerPainter();
const browser = reason ? null : new BrowserPainter();
const wall = reason ? null : new StyleWall();

let photo = null;
let photos = []; // the files, where several were chosen at once
let taking = null; // the file that is being read
let work = null; // the painting under way: what stops it, and its style
let hanging = null; // the painting in the frame: { style, made (mixed), key, …what the painter gave }
const finished = new Paintings(); // of this photo

// Choosing

form.querySelector(".invitation").addEventListener("click", () => wall?.warm());
addEventListener("dragenter", () => wall?.warm(), { once: true });
form.noValidate = true; // a photo that was dropped or taken is not in the field
connectChoosing(takeAll);
if (browser) connectLive([$("live-open"), $("live-again")], liveHooks());

/** Take files as they were chosen: the first hangs in the frame. */
async function takeAll(files) {
  if (!files.length) return;
  if (work && !(await ask(say("stop_sure"), say("stop_yes"), say("stop_no")))) return;
  if (!(await take(files[0]))) return;
  photos = files.length > 1 ? files : [];
  $("paint-all").hidden = !photos.length;
  $("paint-all").textContent = say("paint_all", { count: photos.length });
  if (photos.length) note(say("several", { count: photos.length }));
}

/** Return how the live camera and the page get along: one of them paints at a time. */
function liveHooks() {
  const opened = () => {
    cancel();
    wall?.pause();
  };
  const taken = async (file, style) => {
    await takeAll([file]);
    choose(style);
    paint(browser, style);
  };
  return { slug: () => chosen()?.slug, opened, closed: () => wall?.resume(), failed: complain, taken };
}

/** Hang the photo of a file; resolves to whether it hangs. */
async function take(file) {
  cancel();
  hush();
  taking = file;
  const next = await readPhoto(file).catch((problem) => problem);
  if (taking !== file) {
    next.bitmap?.close(); // another one came meanwhile
    return false;
  }
  if (next instanceof Problem) {
    complain(next.text, "wall");
    return false;
  }
  cancel(); // what was begun meanwhile with the photo before
  photo?.bitmap.close();
  photo = next;
  finished.clear();
  hanging = null;
  choose(null);
  hangPhoto(photo, pixelsOf(photo, ...sizeWithin(photo.width, photo.height, SHOWN)));
  adjustTo(photo);
  $("format").value = format ?? `image/${photo.format}`;
  show("ready");
  wall?.show(photo);
  if (photo.moves) note(say("moves"));
  announce(say("your_photo", photo));
  form.querySelector(".artist:not([hidden]) input")?.focus({ preventScroll: true });
  workOffline();
  keepPhoto(file).catch(() => {}); // where nothing can be kept, it is chosen anew after a reload
  return true;
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
  if (work?.style === style && work.key === keyOf(style)) return;
  offerFor(style, usual(style)?.here);
  const painting = finished.get(keyOf(style));
  if (!painting) return paint(usual(style));
  stop();
  hush();
  hang(painting);
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

async function paint(painter, style = chosen(), { goesOn = false } = {}) {
  if (!photo || !style) return complain(say("problem_bad-request"));
  if (!painter) return complain(say("nobody"));
  stop();
  hush();
  offerFor(style, painter.here);
  const [key, made] = [keyOf(style), mixedWith(style)];
  const own = Object.assign(new AbortController(), { style, made, key });
  work = own;
  if (!goesOn) showPhoto();
  show("painting");
  const reveal = revealing(tell, goesOn);
  const sketch = !goesOn && wall?.sketch(made);
  if (sketch) reveal({ coarse: sketch });
  if (!goesOn) showFrame();
  if (!atHand()) $("cancel").focus({ preventScroll: true });
  tellWhoPaints(painter);
  tell({ phase: painter.here ? "starting" : "sending", share: 0 });
  try {
    const progress = (what) => own === work && reveal(what);
    const result = await painter.paint(photo, made, { signal: own.signal, progress, brush: brushSize() });
    if (own !== work) return;
    work = null;
    hang({ ...result, style, made, key, here: painter.here });
    finished.keep(hanging);
    reveal({ rows: null });
    keepHanging();
    if (painter.here) keepStyleOffline(made, result.engine);
    announce(doneText(hanging));
    focusOnNext();
  } catch (problem) {
    if (own !== work) return;
    work = null;
    rest();
    give(problem, painter);
  }
}

/** Tell whether the hand is where it should stay: among the cards, or on a slider. */
function atHand() {
  return Boolean(document.activeElement?.closest(".artists, .adjust"));
}

function stop() {
  preview?.stop();
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
  if (hanging && hanging.style === chosen()) return hang(hanging);
  showPhoto();
  show("ready");
}

/** Move on from a button that is gone; whoever is among the cards stays there. */
function focusOnNext() {
  if (atHand()) return;
  const card = form.querySelector(".artist input:checked, .artist:not([hidden]) input");
  const next = form.dataset.state === "painted" ? $("download") : $("paint").hidden ? card : $("paint");
  next?.focus({ preventScroll: true });
}

function give(problem, painter) {
  complain(problem instanceof Problem ? problem.text : say("problem_broken"));
  if (painter.here && server) offer(say("server_instead"));
  $("paint").hidden = false;
  focusOnNext();
}

function tell({ phase, ...drawn }) {
  if (drawn.coarse) hangCoarse(drawn.coarse, drawn.width, drawn.height);
  else if (drawn.rows) hangStrip(drawn.rows, drawn.top);
  else tellProgress({ phase, ...drawn });
}

// What comes of it

function hang(painting) {
  hanging = painting;
  hangPainting(painting, painting.made.manner, blending());
  show("painted");
  $("painter").textContent = `${doneText(painting)} ${whoPaints(painting.here ? browser : server, painting.style)}`;
  const plain = painting.made === painting.style && brushSize() === null; // the server neither mixes nor changes brushes
  tellSize(painting, photo, Boolean(server) && plain);
}

function doneText({ made, seconds }) {
  return say("done", { manner: made.manner, seconds: number(seconds, 1) });
}

const preview = browser && new Preview(browser, (pixels) => hangCoarse(pixels));
let drawing = null;

connectAdjusting({
  blended: (settled) => {
    if (!hanging || work) return;
    drawing ??= requestAnimationFrame(() => {
      drawing = null;
      hangPreview(hanging, blending());
    });
    if (!settled) return;
    cancelAnimationFrame(drawing);
    drawing = null;
    hang(hanging);
    keepLater();
  },
  painted: (settled) => {
    const style = work?.style ?? hanging?.style;
    if (!style || !browser) return;
    if (!settled) return follow(style);
    const key = keyOf(style);
    if (work?.key === key) return;
    const painting = finished.get(key);
    if (!painting) return paint(browser, style, { goesOn: true });
    stop();
    hang(painting);
  },
});

/** Show a style, small, as it is adjusted. */
function follow(style) {
  if (hanging?.style !== style) return; // it is painted for the first time
  stop();
  show("painted");
  $("whose").textContent = mixedWith(style).manner;
  preview.follow(photo, style);
}

// Taking it away

const types = writableTypes();
for (const option of [...$("format").options]) if (!types.includes(option.value)) option.remove();
let format = null; // that the visitor has chosen; else that of the photo
$("format").addEventListener("change", ({ target }) => (format = target.value));

const hangingName = (file) => nameOf({ name: photo.name, slug: hanging.made.slug }, file);
$("download").addEventListener("click", async () => {
  try {
    const file = await hangingFile($("format").value);
    save(file, hangingName(file));
  } catch {
    complain(say("problem_no-memory"));
  }
});
connectCarrying({
  share: $("share"),
  copy: $("copy"),
  file: (type = $("format").value) => hangingFile(type),
  name: hangingName,
  failed: complain,
});

/** Return what hangs as a file; a painting of the server's that was not changed is the server's file. */
async function hangingFile(type) {
  const { strength, preserve } = blending();
  return strength === 1 && !preserve && hanging.blob?.type === type ? hanging.blob : asFile(type);
}

const unkept = new Set(); // ids of paintings that would be lost if the page were left now

async function keepHanging() {
  hanging.id ??= crypto.getRandomValues(new Uint32Array(4)).join("-");
  const [{ id, made }, { name, format }] = [hanging, photo];
  unkept.add(id);
  try {
    const blob = await hangingFile(`image/${format}`);
    await keep({ id, slug: made.slug, manner: made.manner, name, blob });
    unkept.delete(id);
  } catch {
    note(say("not_kept"));
  }
}

let keeping = null;
function keepLater() {
  if (!hanging) return;
  clearTimeout(keeping);
  const changed = hanging;
  keeping = setTimeout(() => changed === hanging && keepHanging(), 700);
}

addEventListener("beforeunload", (event) => (work || unkept.size) && event.preventDefault());

$("paint-all").addEventListener("click", async () => {
  const { style, made, here } = hanging;
  const own = Object.assign(new AbortController(), { style, made });
  const [files, type, mix] = [photos, $("format").value, blending()];
  hush();
  work = own;
  show("painting");
  $("cancel").focus({ preventScroll: true });
  const paintOne = async (each, place) => {
    const progress = ({ share = 0 }) => own === work && tell({ phase: "several", share, place, total: files.length });
    const result = await (here ? browser : server).paint(each, made, { signal: own.signal, progress, brush: brushSize() });
    const file = await fileOf(blended(result.photo, result.painting, mix.strength, mix.preserve), type);
    return { name: nameOf({ name: each.name, slug: made.slug }, file), blob: file };
  };
  try {
    const done = await paintSeveral(files, { paint: paintOne, signal: own.signal });
    if (own !== work) return;
    work = null;
    rest();
    save(done.zip, nameOf({ name: "copyart", slug: made.slug }, done.zip));
    note(severalText(done));
    announce(severalText(done));
    $("paint-all").focus({ preventScroll: true });
  } catch (problem) {
    if (own !== work) return;
    work = null;
    rest();
    complain(problem instanceof Problem ? problem.text : say("problem_broken"));
  }
});

// What is said

function show(state) {
  form.dataset.state = state;
  if (state === "painting") wall?.pause();
  else wall?.resume();
  $("whose").textContent = state === "ready" ? say("pick_now") : (work ?? hanging).made.manner;
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

choose(null);
$("paint").textContent = say("again"); // a click on a card paints; the button is for a second try
hush();
tellWhoPaints();
keptPhoto()
  .then((file) => file && !taking && take(file)) // after a reload, a change of language, or on the way back
  .catch(() => {});
