// Unpacks the page's program and runs it; what it holds, the page's policy names by its hash.
"use strict";

/** A text of base64 as the bytes that it holds, inflated. */
async function bytesOf(text) {
  const letters = atob(text), packed = new Uint8Array(letters.length);
  for (let i = 0; i < packed.length; i++) packed[i] = letters.charCodeAt(i);
  if (typeof DecompressionStream !== "function") return inflate(packed);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Runs the scripts of the program one after another, in the order in which they were packed. */
async function boot() {
  const program = byId("program");
  if (!program) return;
  const scripts = new TextDecoder().decode(await bytesOf(program.textContent)).split("\0");
  for (const text of scripts) {
    const script = document.createElement("script");
    script.textContent = text;
    document.head.append(script);
  }
}

boot();
