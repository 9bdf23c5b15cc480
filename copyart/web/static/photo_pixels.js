// Reads photos from files, upright and in sRGB, and returns their pixels at a size that can be painted.

import { Problem } from "./page_data.js";

/** Return a picture file's bitmap and size, the name and format for its painting, and whether it is an animation. */
export async function decodePhoto(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image", premultiplyAlpha: "none" });
  } catch {
    throw new Problem((await specialFormatOf(file)) ?? "no-picture");
  }
  const moves = (await specialFormatOf(file)) === "moves";
  const name = (file.name ?? "").replace(/\.[^.]*$/, "").slice(0, 80) || "photo";
  const format = file.type === "image/jpeg" ? "jpeg" : "png"; // of its painting
  return { file, bitmap, name, width: bitmap.width, height: bitmap.height, format, moves };
}

/** Return "heic" or "tiff" for these formats, which some browsers cannot read, "moves" for an animation, else null. */
export async function specialFormatOf(file) {
  const text = new TextDecoder("latin1").decode(await file.slice(0, 4096).arrayBuffer().catch(() => new ArrayBuffer(0)));
  if (/^.{4}ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)/s.test(text)) return "heic";
  if (/^(II\*\0|MM\0\*)/.test(text)) return "tiff";
  const [gif, png, webp] = [/^GIF8.*NETSCAPE2\.0/s, /^.PNG.*acTL/s, /^RIFF.{4}WEBPVP8X.{4}(.)/s];
  const animated = webp.exec(text)?.[1].charCodeAt(0) & 2; // a flag of the extended format
  return gif.test(text) || png.test(text) || animated ? "moves" : null;
}

/**
 * Return the size of a picture after it is reduced to at most `pixels` pixels.
 * @returns {[number, number]}
 */
export function sizeWithin(width, height, pixels) {
  const scale = Math.min(1, Math.sqrt(pixels / (width * height)));
  const scaled = (side) => Math.max(1, Math.floor(side * scale));
  return [scaled(width), scaled(height)];
}

/** Return a photo's pixels at a size, as ImageData. */
export function photoPixels(photo, width, height) {
  return drawAndReadPixels(width, height, (context) => context.drawImage(photo.bitmap, 0, 0, width, height));
}

/** Return the pixels of a picture file at its own size. */
export async function pixelsOfFile(blob) {
  const bitmap = await createImageBitmap(blob);
  return drawAndReadPixels(bitmap.width, bitmap.height, (context) => context.drawImage(bitmap, 0, 0));
}

/** Tell whether a canvas returns the pixels that were drawn. Some browsers alter them to prevent fingerprinting. */
export function canvasReturnsTruePixels() {
  const colours = ["#102030", "#fedcba", "#808182", "#07f90a"];
  const paint = (context) =>
    colours.forEach((colour, place) => {
      context.fillStyle = colour;
      context.fillRect(place, 0, 1, 1);
    });
  let data;
  try {
    ({ data } = drawAndReadPixels(4, 1, paint));
  } catch {
    return false;
  }
  const bytes = colours.flatMap((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  return bytes.every((byte, place) => data[place + Math.floor(place / 3)] === byte);
}

function drawAndReadPixels(width, height, draw) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Problem("no-memory");
  context.imageSmoothingQuality = "high";
  draw(context);
  try {
    return context.getImageData(0, 0, width, height);
  } catch {
    throw new Problem("no-memory");
  }
}
