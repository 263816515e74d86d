import { StigmerError } from "../../base/errors.ts";

const HEADER_BYTES = 32;
const LOAD_SEGMENT = 0x19;
const LOAD_CODE_SIGNATURE = 0x1d;

/** Where the parts of a program for macOS are that its signature is about. Offsets into the file. */
export interface MachO {
  /** Of the load command that says where the signature is. */
  readonly signatureCommand: number;
  readonly signature: number;
  readonly signatureBytes: number;
  /** Of the load command of the last segment, which holds the signature. */
  readonly lastSegment: number;
  readonly codeBytes: bigint;
}

/** A file without a signature is killed by macOS at its start, so there is always one. */
export function readMachO(file: Buffer, path: string): MachO {
  const commandsEnd = HEADER_BYTES + file.readUInt32LE(20);
  const segments = new Map<string, number>();
  let signatureCommand: number | undefined;
  for (let at = HEADER_BYTES; at + 16 <= commandsEnd; at += file.readUInt32LE(at + 4)) {
    const kind = file.readUInt32LE(at);
    if (kind === LOAD_CODE_SIGNATURE) signatureCommand = at;
    if (kind === LOAD_SEGMENT) segments.set(nameOf(file.subarray(at + 8, at + 24)), at);
  }
  const code = segments.get("__TEXT");
  const lastSegment = segments.get("__LINKEDIT");
  if (signatureCommand === undefined || code === undefined || lastSegment === undefined) {
    throw new StigmerError("failed", `${path} has no place for a code signature`, {
      hint: "macOS would kill it at its start: see what Bun compiled",
    });
  }
  return {
    signatureCommand,
    signature: file.readUInt32LE(signatureCommand + 8),
    signatureBytes: file.readUInt32LE(signatureCommand + 12),
    lastSegment,
    codeBytes: file.readBigUInt64LE(code + 48),
  };
}

/** The file with room for a signature of another length, with all its lengths right and the signature empty. */
export function resizeSignature(file: Buffer, place: MachO, signatureBytes: number): Buffer {
  const { signature, signatureCommand, lastSegment } = place;
  const resized = Buffer.alloc(signature + signatureBytes);
  file.copy(resized, 0, 0, signature);
  resized.writeUInt32LE(signatureBytes, signatureCommand + 12);
  const segmentBytes = resized.length - Number(file.readBigUInt64LE(lastSegment + 40));
  const pageBytes = 0x4000;
  const memoryBytes = Math.ceil(segmentBytes / pageBytes) * pageBytes;
  resized.writeBigUInt64LE(BigInt(memoryBytes), lastSegment + 32);
  resized.writeBigUInt64LE(BigInt(segmentBytes), lastSegment + 48);
  return resized;
}

function nameOf(field: Buffer): string {
  return field.toString("latin1").replace(/\0.*$/, "");
}
