// The memory of messages between two workers, used again.

/** Words from which on a message's memory is used again. */
const LARGE = 2 ** 14;

/** Memory of messages that have come, for those that go: new memory costs twenty times what is written into it. */
export class Buffers {
  free = [];

  /** A copy of some words, to be sent away. */
  filled(words) {
    const { length } = words;
    const size = length < LARGE ? length : 2 ** Math.ceil(Math.log2(length));
    const at = this.free.findIndex(({ byteLength }) => byteLength === 4 * size);
    const copy = new Uint32Array(at < 0 ? new ArrayBuffer(4 * size) : this.free.splice(at, 1)[0], 0, length);
    copy.set(words);
    return copy;
  }

  /** Takes the memory of a message that has been read. */
  keep({ buffer }) {
    if (buffer.byteLength >= 4 * LARGE) this.free.unshift(buffer);
    this.free.length = Math.min(this.free.length, 8);
  }
}
