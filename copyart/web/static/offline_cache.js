// Lets the page work offline: once a photo is chosen, a service worker caches the page, and the styles that are used.

import { pageData } from "./page_data.js";

const pages = [...document.querySelectorAll("link[rel=alternate]")].map((link) => link.getAttribute("href"));

/** Start the service worker, if the browser supports one, and let it cache the page in both languages. */
export function keepPageOffline() {
  sendToServiceWorker([...pageData.files, ...pages, location.href.replace(/#.*/, "")]);
}

/**
 * Cache the files that were needed to paint in a style.
 * @param {{ weights?: any, generator: any, parts?: { weights: any }[] }} style a mixture has `parts`
 * @param {string} engine the runtime that painted
 */
export function keepStyleOffline(style, engine) {
  const { module, loader, binary } = pageData.runtimes[engine];
  const weights = (style.parts ?? [style]).map((part) => part.weights.address);
  sendToServiceWorker([module, loader, binary, style.generator.address, ...weights]);
}

async function sendToServiceWorker(addresses) {
  const models = pageData.styles.flatMap(({ weights, generator }) => (weights ? [weights.address, generator.address] : []));
  const binaries = Object.values(pageData.runtimes).map(({ binary }) => binary);
  const folders = [...pageData.files, ...binaries].map((address) => address.replace(/[^/]*$/, ""));
  const allowed = [...new Set([...folders, ...models])];
  try {
    const { active } = await (await registeredWorkers()).ready;
    active.postMessage({ keep: addresses, allowed });
  } catch {
    // Some browsers have no service workers, or none in private windows. The page then needs the network.
  }
}

let registration = null;

function registeredWorkers() {
  const register = async () => {
    await navigator.serviceWorker.register(new URL("service_worker.js", document.baseURI));
    return navigator.serviceWorker;
  };
  return (registration ??= register());
}
