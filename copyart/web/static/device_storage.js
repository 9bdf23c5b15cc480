// Stores the paintings, and the photo of each tab, on this device. They remain after the page is closed.

const DAY = 24 * 3600 * 1000; // milliseconds

/** @type {Promise<IDBDatabase>} */
const database = new Promise((resolve, reject) => {
  const request = indexedDB.open("copyart", 1);
  request.onupgradeneeded = () => {
    for (const name of ["paintings", "photos"]) request.result.createObjectStore(name, { keyPath: "id" });
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
database.catch(() => {}); // whoever awaits it gets the error

const otherTabs = new BroadcastChannel("copyart");

/** Call `act` with a store. When the transaction is complete, return the result of the request that `act` returned. */
async function runTransaction(name, mode, act) {
  const transaction = (await database).transaction(name, mode);
  const request = act(transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** Store a record. If that fails, replace its files by their bytes: WebKit's private windows cannot store files. */
async function putRecord(name, record) {
  const store = (value) => runTransaction(name, "readwrite", (objects) => objects.put(value));
  await store(record).catch(async () => store(await filesToBytes(record)));
}

async function filesToBytes(record) {
  const pairs = Object.entries(record).map(async ([key, value]) => {
    if (!(value instanceof Blob)) return [key, value];
    return [key, { bytes: await value.arrayBuffer(), type: value.type, name: /** @type {File} */ (value).name }];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

function bytesToFiles(record) {
  const pairs = Object.entries(record ?? {}).map(([key, value]) => {
    if (!(value?.bytes instanceof ArrayBuffer)) return [key, value];
    return [key, new File([value.bytes], value.name ?? "", { type: value.type })];
  });
  return Object.fromEntries(pairs);
}

/** Call `callback` whenever another tab has changed the paintings. */
export function onPaintingsChanged(callback) {
  otherTabs.onmessage = callback;
}

/** Return the paintings, the latest first. */
export async function storedPaintings() {
  const all = await runTransaction("paintings", "readonly", (store) => store.getAll());
  return all.map(bytesToFiles).sort((one, other) => other.when - one.when);
}

/** Store a painting, { id, when, … }. It replaces a painting with the same id. */
export async function storePainting(painting) {
  await putRecord("paintings", painting);
  otherTabs.postMessage("changed");
}

export async function deletePainting(id) {
  await runTransaction("paintings", "readwrite", (store) => store.delete(id));
  otherTabs.postMessage("changed");
}

/** Delete all paintings, and the photos of all tabs. */
export async function deleteEverything() {
  for (const name of ["paintings", "photos"]) await runTransaction(name, "readwrite", (store) => store.clear());
  otherTabs.postMessage("changed");
}

/** Store the photo of this tab, a File, and delete photos that were stored more than a day ago. */
export async function storePhoto(file) {
  sessionStorage.tab ??= crypto.getRandomValues(new Uint32Array(4)).join("-");
  await runTransaction("photos", "readwrite", (store) => {
    store.openCursor().onsuccess = ({ target }) => {
      const cursor = /** @type {IDBRequest<IDBCursorWithValue | null>} */ (target).result;
      if (!cursor) return;
      if (cursor.value.when < Date.now() - DAY) cursor.delete();
      cursor.continue();
    };
  });
  await putRecord("photos", { id: sessionStorage.tab, when: Date.now(), file });
}

/** Return the photo that this tab had before it was reloaded, or null. */
export async function storedPhoto() {
  if (!sessionStorage.tab) return null;
  const kept = await runTransaction("photos", "readonly", (store) => store.get(sessionStorage.tab));
  return bytesToFiles(kept).file ?? null;
}
