/** The SHA-256 of text (as UTF-8) or bytes, in lower-case hexadecimal. */
export function sha256Hex(content: string | Uint8Array): string {
  return Bun.CryptoHasher.hash("sha256", content, "hex");
}
