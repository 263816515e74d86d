/** Text of at most so many bytes of UTF-8, with a note of what is missing: a model must know that it saw a part. */
export function cutText(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  return `${cutBytes(bytes, bytesMax)}\n\n[cut: the first ${bytesMax} of ${bytes.length} bytes]`;
}

/** The longest text that fits: a character that the cut would split is left out. */
export function cutBytes(bytes: Buffer, bytesMax: number): string {
  let end = Math.min(bytesMax, bytes.length);
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}
