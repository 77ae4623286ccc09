// Raw deflate (RFC 1951), for browsers without DecompressionStream.
"use strict";

const EXTRA_LENGTH = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67,
  83, 99, 115, 131, 163, 195, 227, 258];
const EXTRA_DISTANCE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513,
  769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** How many codes there are of each length, and the symbols in the order of their codes. */
function codesOf(lengths) {
  const count = new Uint16Array(16), offset = new Uint16Array(16), symbols = [];
  for (const length of lengths) count[length] += 1;
  count[0] = 0;
  for (let i = 1; i < 16; i++) offset[i] = offset[i - 1] + count[i - 1];
  lengths.forEach((length, symbol) => {
    if (length) symbols[offset[length]++] = symbol;
  });
  return { count, symbols };
}

class Bits {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = this.left = this.held = 0;
  }

  /** The next `size` bits as a number. */
  take(size) {
    while (this.left < size) {
      this.held |= this.bytes[this.at++] << this.left;
      this.left += 8;
    }
    const value = this.held & ((1 << size) - 1);
    this.held >>>= size;
    this.left -= size;
    return value;
  }

  /** The symbol that the next bits are the code of. */
  symbol({ count, symbols }) {
    let code = 0, first = 0, index = 0;
    for (let length = 1; length < 16; length++) {
      code |= this.take(1);
      if (code - count[length] < first) return symbols[index + code - first];
      index += count[length];
      first = (first + count[length]) << 1;
      code <<= 1;
    }
    throw new Error("deflate: no such code");
  }
}

function codesSent(bits) {
  const literals = bits.take(5) + 257, distances = bits.take(5) + 1, sent = bits.take(4) + 4;
  const lengths = new Array(19).fill(0);
  for (let i = 0; i < sent; i++) lengths[CODE_ORDER[i]] = bits.take(3);
  const codes = codesOf(lengths), found = [];
  while (found.length < literals + distances) {
    const symbol = bits.symbol(codes);
    if (symbol < 16) found.push(symbol);
    else {
      const value = symbol === 16 ? found[found.length - 1] : 0;
      const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
      for (let i = 0; i < times; i++) found.push(value);
    }
  }
  return [codesOf(found.slice(0, literals)), codesOf(found.slice(literals))];
}

function codesFixed() {
  const lengths = Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
  return [codesOf(lengths), codesOf(new Array(30).fill(5))];
}

/** One block of symbols and repeats. */
function inflateBlock(bits, out, [literals, distances]) {
  for (;;) {
    const symbol = bits.symbol(literals);
    if (symbol === 256) return;
    if (symbol < 256) out.push(symbol);
    else {
      const size = symbol - 257, extra = size < 8 || size === 28 ? 0 : (size >> 2) - 1;
      const length = EXTRA_LENGTH[size] + bits.take(extra);
      const far = bits.symbol(distances), more = far < 4 ? 0 : (far >> 1) - 1;
      const from = out.length - EXTRA_DISTANCE[far] - bits.take(more);
      for (let i = 0; i < length; i++) out.push(out[from + i]);
    }
  }
}

/** The bytes that raw deflate has packed. */
function inflate(bytes) {
  const bits = new Bits(bytes), out = [];
  for (let last = 0; !last;) {
    last = bits.take(1);
    const kind = bits.take(2);
    if (kind === 0) {
      bits.held = bits.left = 0;
      const size = bytes[bits.at] | bytes[bits.at + 1] << 8;
      for (const byte of bytes.subarray(bits.at + 4, bits.at + 4 + size)) out.push(byte);
      bits.at += 4 + size;
    } else inflateBlock(bits, out, kind === 1 ? codesFixed() : codesSent(bits));
  }
  return Uint8Array.from(out);
}
