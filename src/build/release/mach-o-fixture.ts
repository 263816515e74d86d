/** The smallest file with what a signature is about: code, a last segment, and 1,000 bytes that are no signature. */
export function smallMachO(codeBytes = 20_000): Buffer {
  const signature = Math.ceil(codeBytes / 16) * 16;
  const file = Buffer.alloc(signature + 1_000, 0x90);
  file.fill(0, 0, 300);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(0x01000007, 4);
  file.writeUInt32LE(72 + 72 + 16, 20);
  writeSegment(file, 32, { name: "__TEXT", offset: 0, size: signature - 4_096 });
  writeSegment(file, 104, { name: "__LINKEDIT", offset: signature - 4_096, size: 5_096 });
  for (const [index, number] of [0x1d, 16, signature, 1_000].entries()) {
    file.writeUInt32LE(number, 176 + index * 4);
  }
  return file;
}

function writeSegment(
  file: Buffer,
  at: number,
  { name, offset, size }: { name: string; offset: number; size: number },
): void {
  file.writeUInt32LE(0x19, at);
  file.writeUInt32LE(72, at + 4);
  file.write(name, at + 8, "latin1");
  file.writeBigUInt64LE(BigInt(offset), at + 40);
  file.writeBigUInt64LE(BigInt(size), at + 48);
}
