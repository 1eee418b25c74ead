// Images of the reader's own, kept on this device: what is known of each set, and its bytes, by the set's name.

import { openDatabase, settled } from "./store.js";

const SETS = "sets";
const BYTES = "bytes";

/** Opens the store; what the browser does not let it keep stays in memory until the page is closed. */
export async function openImages() {
  const memory = new Map();
  let database = null;
  let reason = "";
  try {
    database = await openDatabase("entroscope-images", [SETS, BYTES]);
    // Another tab with a newer page may want to upgrade: do not stand in its way.
    database.onversionchange = () => database.close();
  } catch (error) {
    reason = error.message;
  }
  const table = (name) => database.transaction(name).objectStore(name);
  /** Changes both tables, or none. */
  const change = (action) => new Promise((resolve, reject) => {
    const both = database.transaction([SETS, BYTES], "readwrite");
    both.oncomplete = () => resolve();
    both.onabort = () => reject(both.error ?? new Error("the browser's storage gave up"));
    action(both.objectStore(SETS), both.objectStore(BYTES));
  });

  return {
    /** All sets, without their bytes; `kept` says whether they are there at the next visit. */
    async all() {
      const stored = database ? await settled(table(SETS).getAll()) : [];
      return [...stored.map((set) => ({ ...set, kept: true })), ...[...memory.values()].map(({ set }) => ({ ...set, kept: false }))];
    },
    /** The bytes of a set, or nothing. */
    get: async (name) => memory.get(name)?.bytes ?? (database ? settled(table(BYTES).get(name)) : undefined),
    /** Keeps a set; returns why it stays in memory only, or an empty text. */
    async put(set, bytes) {
      let why = reason;
      try {
        if (database) {
          await change((sets, all) => { sets.put(set, set.name); all.put(bytes, set.name); });
          memory.delete(set.name);
        }
      } catch (error) {
        why = error.message || String(error);
      }
      if (why) memory.set(set.name, { set, bytes });
      return why;
    },
    async remove(name) {
      memory.delete(name);
      if (database) await change((sets, all) => { sets.delete(name); all.delete(name); });
    },
  };
}
