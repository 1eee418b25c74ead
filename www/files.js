// Fetches the wasm module and the data files, or takes them from the page itself in the single-file build.

/** A file that could not be had; `file` is its name. */
export class FileError extends Error {
  constructor(file, message) {
    super(message);
    this.name = "FileError";
    this.file = file;
  }
}

/** The bytes of a file that the single-file build carries: base64 text or bytes. */
function embedded(name) {
  const held = globalThis.ENTROSCOPE_FILES?.[name];
  if (typeof held !== "string") return held;
  return Uint8Array.from(atob(held), (letter) => letter.charCodeAt(0));
}

async function get(url, name, cache = "default") {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", cache });
  } catch (error) {
    throw new FileError(name, `The file "${name}" could not be loaded: the network is not reachable, or something blocks it (${error.message}).`);
  }
  if (!response.ok) {
    const why = response.status === 404 ? "it is missing on the server (404)" : `the server answered ${response.status} ${response.statusText}`.trim();
    throw new FileError(name, `The file "${name}" could not be loaded: ${why}.`);
  }
  return response;
}

export const files = {
  /** The wasm module, compiled while it loads. */
  async wasm() {
    const name = "entroscope_bg.wasm";
    const bytes = embedded(name);
    if (bytes) return WebAssembly.compile(bytes);
    const response = await get(new URL("./pkg/entroscope_bg.wasm", import.meta.url), name);
    // Some servers send another type than application/wasm, which the streaming compiler refuses.
    const isTyped = response.headers.get("content-type")?.startsWith("application/wasm");
    return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
  },

  /** A data file's bytes; `base` is the address of the data folder, ending in a slash; `cache` as fetch has it. */
  async data(name, base, cache) {
    const bytes = embedded(name);
    if (bytes) return bytes;
    const response = await get(new URL(name, base), name, cache);
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw new FileError(name, `The file "${name}" broke off while loading (${error.message}).`);
    }
  },
};
