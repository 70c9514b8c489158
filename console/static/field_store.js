// What an inspector carries on the phone: visits and re-inspections not yet sent (works), their photographs, and
// what was taken along from the office (things). One owner each; nothing leaves before the server has it.
const NAME = "xiaohao-field";
const STORES = ["works", "photos", "things"];
let opening = null;

function opened() {
  if (!opening) {
    opening = new Promise((resolve, reject) => {
      if (!window.indexedDB) {
        reject(new Error("no IndexedDB"));
        return;
      }
      const asked = window.indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        STORES.forEach((name) => asked.result.createObjectStore(name, { keyPath: "id" }));
        asked.transaction.objectStore("photos").createIndex("work", "work");
      };
      asked.onsuccess = () => {
        const base = asked.result;
        // the browser may close it under us, and another tab may wait for a new shape of it
        base.onclose = () => { opening = null; };
        base.onversionchange = () => { base.close(); opening = null; };
        resolve(base);
      };
      asked.onerror = () => reject(asked.error);
    });
    opening.catch(() => { opening = null; });
  }
  return opening;
}

function within(base, mode, act) {
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(STORES, mode);
    let answer;
    const asked = act((name) => transaction.objectStore(name));
    if (asked) asked.onsuccess = () => { answer = asked.result; };
    transaction.oncomplete = () => resolve(answer);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error || new Error("aborted"));
  });
}

// a database that was closed meanwhile is opened again, once
async function run(mode, act) {
  try {
    return await within(await opened(), mode, act);
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    opening = null;
    return within(await opened(), mode, act);
  }
}

export const isFull = (error) => Boolean(error) && error.name === "QuotaExceededError";

export const put = (store, row) => run("readwrite", (at) => at(store).put(row));
export const get = (store, id) => run("readonly", (at) => at(store).get(id));
export const all = (store) => run("readonly", (at) => at(store).getAll());
// in the order they were taken
export async function photosOf(work) {
  const found = await run("readonly", (at) => at("photos").index("work").getAll(work));
  return found.sort((a, b) => (a.claim.at < b.claim.at ? -1 : 1));
}
export const drop = (store, id) => run("readwrite", (at) => { at(store).delete(id); });

export async function dropWork(id) {
  const photos = await photosOf(id);
  await run("readwrite", (at) => {
    photos.forEach((one) => at("photos").delete(one.id));
    at("works").delete(id);
  });
}

export async function thing(name) {
  const row = await get("things", name);
  return row ? row.value : null;
}

export const keep = (name, value) => put("things", { id: name, value });

// names of random bytes: randomUUID is missing in older WebViews and without HTTPS
export function newKey() {
  const bytes = window.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// what the browser promises not to throw away, and how much room is left; null where it does not say
export async function storage() {
  const keeper = navigator.storage;
  if (!keeper || !keeper.persist) return { kept: false, room: null };
  const kept = (await keeper.persisted()) || (await keeper.persist());
  const told = keeper.estimate ? await keeper.estimate() : {};
  return { kept, room: told.quota ? told.quota - told.usage : null };
}
