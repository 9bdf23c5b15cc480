// Offers the live camera: where there is a camera, and nobody asks for less motion. The rest is loaded when it opens.

const less = matchMedia("(prefers-reduced-motion: reduce)");
const media = navigator.mediaDevices;

/** Let buttons open the live camera; `hooks` are those of `openLive`. */
export function connectLive(buttons, hooks) {
  if (!media?.getUserMedia) return;
  const offer = async () => {
    const devices = await media.enumerateDevices().catch(() => []);
    const camera = devices.some(({ kind }) => kind === "videoinput");
    for (const button of buttons) button.hidden = less.matches || !camera;
  };
  for (const button of buttons) {
    button.addEventListener("click", async () => {
      const { openLive } = await import("./live_camera.js");
      await openLive(hooks);
    });
  }
  media.addEventListener("devicechange", offer);
  less.addEventListener("change", offer);
  offer();
}
