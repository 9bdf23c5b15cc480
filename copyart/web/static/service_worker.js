// Lets the page work offline, with the styles that were used before. Files whose address changes with their content
// come from the cache; pages and pictures come from the network, or from the cache if there is no network.
//
// The page sends { keep: addresses to cache, allowed: beginnings of the addresses that still belong to the page }.

const CACHE = "copyart";
const FOR_GOOD = /^(static\/([0-9a-f]{12}|vendor\/[0-9a-f]{12})|models)\//;
const FRESH = /^(|en|fr|index\.html|fr\.html|app\.webmanifest|(samples|previews)\/.*)$/;

const own = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

own.addEventListener("install", () => own.skipWaiting());
own.addEventListener("activate", (event) => event.waitUntil(own.clients.claim()));
own.addEventListener("message", (event) => event.waitUntil(updateCache(event.data)));
own.addEventListener("fetch", (event) => {
  const place = pathBelowPage(event.request.url);
  if (event.request.method !== "GET" || place === null) return;
  if (FOR_GOOD.test(place)) event.respondWith(cacheFirst(event.request));
  else if (FRESH.test(place)) event.respondWith(networkFirst(event.request));
});

/** Return a URL relative to the page, without its query, or null if it does not lie below the page. */
function pathBelowPage(url) {
  const [place, root] = [url.replace(/[?#].*/, ""), own.registration.scope];
  return place.startsWith(root) ? place.slice(root.length) : null;
}

async function cacheFirst(request) {
  return (await matchInCache(request)) ?? fetchAndCache(request);
}

async function networkFirst(request) {
  try {
    return await fetchAndCache(request);
  } catch (problem) {
    const page = await matchInCache(request);
    if (page) return page;
    throw problem;
  }
}

async function matchInCache(request) {
  return (await caches.open(CACHE)).match(request, { ignoreVary: true, ignoreSearch: true });
}

async function fetchAndCache(request) {
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(CACHE);
    cache.put(request, answer.clone()).catch(() => {}); // a full disk is no reason to show nothing
  }
  return answer;
}

async function updateCache({ keep: addresses, allowed }) {
  const cache = await caches.open(CACHE);
  for (const { url } of await cache.keys()) {
    const place = pathBelowPage(url);
    const old = place && FOR_GOOD.test(place) && !allowed.some((start) => place.startsWith(start));
    if (old) await cache.delete(url);
  }
  for (const address of addresses) {
    const url = new URL(address, own.registration.scope).href;
    if (await matchInCache(url)) continue;
    // Files that the browser fetched before the service worker started are not fetched again.
    const answer = await fetch(url, { cache: "force-cache" }).catch(() => null);
    if (answer?.ok) await cache.put(url, answer).catch(() => {});
  }
}
