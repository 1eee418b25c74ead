// Fetches the wasm modules and the data files, or takes them from the page itself in the single-file build.

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

/** What a gzip file unpacks to; other bytes as they are. */
async function unpacked(name, bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new FileError(name, `The file "${name}" is damaged: its ${bytes.length} bytes do not unpack.`);
  }
}

/** Bytes of the largest file that is read: all of MNIST is 47 million, and four times as many images fit a tab's memory. */
const LARGEST = 200e6;

/** A wasm module, compiled while it loads. */
async function compiled(name, address) {
  const bytes = embedded(name);
  const response = bytes ? null : await get(address(), name);
  // Some servers send another type than application/wasm, which the streaming compiler refuses.
  const isTyped = response?.headers.get("content-type")?.startsWith("application/wasm");
  try {
    return await (isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await (bytes ? unpacked(name, bytes) : response.arrayBuffer())));
  } catch (error) {
    throw new FileError(name, `The file "${name}" is damaged, or this browser cannot run it (${error.message}).`);
  }
}

export const files = {
  /** The module of every visit. */
  wasm: () => compiled("entroscope_bg.wasm", () => new URL("./pkg/entroscope_bg.wasm", import.meta.url)),

  /** The module of long runs. */
  longWasm: () => compiled("entroscope_long_bg.wasm", () => new URL("./pkg-long/entroscope_long_bg.wasm", import.meta.url)),

  /** A data file's unpacked bytes; `base` is the address of the data folder, ending in a slash; `cache` as fetch has it. */
  async data(name, base, cache) {
    let bytes = embedded(name);
    if (!bytes) {
      const response = await get(new URL(name, base), name, cache);
      try {
        bytes = new Uint8Array(await response.arrayBuffer());
      } catch (error) {
        throw new FileError(name, `The file "${name}" broke off while loading (${error.message}).`);
      }
    }
    // Some servers label the file as gzip-encoded, and the browser has unpacked it already.
    return unpacked(name, bytes);
  },

  /** The unpacked bytes of a file that the reader has picked. */
  async picked(file) {
    if (file.size > LARGEST) throw new FileError(file.name, `${file.name}: ${file.size} bytes where a file of at most ${LARGEST} was expected.`);
    let bytes;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      throw new FileError(file.name, `${file.name} cannot be read (${error.message}).`);
    }
    return unpacked(file.name, bytes);
  },
};
