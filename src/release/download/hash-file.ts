import { readSync } from "node:fs";

const CHUNK_BYTES = 1024 * 1024;

/** Reads an open file from its first byte to its last. The hasher can go on with what is appended. */
export function hashFile(descriptor: number): { sizeBytes: number; hasher: Bun.CryptoHasher } {
  const hasher = new Bun.CryptoHasher("sha256");
  const chunk = new Uint8Array(CHUNK_BYTES);
  let sizeBytes = 0;
  for (;;) {
    const count = readSync(descriptor, chunk, 0, chunk.length, sizeBytes);
    if (count === 0) return { sizeBytes, hasher };
    hasher.update(chunk.subarray(0, count));
    sizeBytes += count;
  }
}
