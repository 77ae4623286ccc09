// The data of the page: what geo/stream.py packed.
"use strict";

/** Whole numbers of seven bits a byte, the zig-zag undone. */
class Numbers {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  next() {
    let value = 0, weight = 1, byte;
    do {
      byte = this.bytes[this.at++];
      value += (byte & 127) * weight;
      weight *= 128;
    } while (byte & 128);
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  array() {
    const found = new Int32Array(this.next());
    for (let i = 0; i < found.length; i++) found[i] = this.next();
    return found;
  }
}

function summed(steps) {
  for (let i = 1; i < steps.length; i++) steps[i] += steps[i - 1];
  return steps;
}

/** The data: JSON with its arrays of numbers put back. */
async function unpack(text) {
  const bytes = await bytesOf(text);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  const numbers = new Numbers(bytes, 4 + length), arrays = [];
  while (numbers.at < bytes.length) arrays.push(numbers.array());
  return JSON.parse(head, (_, value) => {
    if (value && typeof value.ints === "number") return arrays[value.ints];
    if (value && typeof value.steps === "number") return summed(arrays[value.steps]);
    return value;
  });
}
