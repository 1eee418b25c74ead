// A small wrapper around IndexedDB: texts by key, kept on this device. Falls back to memory where the browser forbids it.

const NAME = "entroscope";
const TABLE = "runs";

export const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Opens the database of this name, and makes its tables where it is new. */
export function openDatabase(name, tables) {
  return new Promise((resolve, reject) => {
    // Some browsers leave the request unanswered when storage is blocked.
    const timer = setTimeout(() => reject(new Error("the browser's storage does not answer")), 3000);
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => { for (const table of tables) request.result.createObjectStore(table); };
    request.onsuccess = () => { clearTimeout(timer); resolve(request.result); };
    request.onerror = () => { clearTimeout(timer); reject(request.error); };
  });
}

/** Opens the store. `reason` says why only memory is there; it is empty when runs are kept. */
export async function openStore() {
  let database;
  try {
    database = await openDatabase(NAME, [TABLE]);
  } catch (error) {
    return memoryStore(error.message);
  }
  // Another tab with a newer page may want to upgrade: do not stand in its way.
  database.onversionchange = () => database.close();
  const table = (mode) => database.transaction(TABLE, mode).objectStore(TABLE);
  return {
    reason: "",
    /** All texts, in the order of their keys. */
    all: async () => settled(table("readonly").getAll()),
    put: async (key, text) => settled(table("readwrite").put(text, key)),
    remove: async (key) => settled(table("readwrite").delete(key)),
  };
}

function memoryStore(reason) {
  const texts = new Map();
  return {
    reason,
    all: async () => [...texts.values()],
    put: async (key, text) => { texts.set(key, text); },
    remove: async (key) => { texts.delete(key); },
  };
}
