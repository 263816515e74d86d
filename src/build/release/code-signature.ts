import { StigmerError } from "../../base/errors.ts";
import { readMachO, resizeSignature } from "./mach-o.ts";

const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
/** The layout of a directory that says which part of the file is code. */
const DIRECTORY_VERSION = 0x20400;
const DIRECTORY_BYTES = 88;
/** In a list of one part, where that part begins. */
const DIRECTORY_AT = 20;
/** Ad hoc and by a linker: nobody vouches for it, and a person may sign it again. */
const FLAGS = 0x20002;
const SHA256_HASHES = 2;
const SHA256_BYTES = 32;
const PAGE_BITS = 12;
const PAGE_BYTES = 1 << PAGE_BITS;
const IS_MAIN_PROGRAM = 1n;

/**
 * Checks each page of a Mach-O file against the hash that its signature has for it, as macOS does when the page is first
 * touched; a page that differs kills the program. How many pages there are.
 */
export function checkPageHashes(file: Buffer, path: string): number {
  const { signature, signatureBytes } = readMachO(file, path);
  const directory = findDirectory(file.subarray(signature, signature + signatureBytes), path);
  const pageBytes = 1 << directory.readUInt8(39);
  const pages = Math.ceil(signature / pageBytes);
  const isWhole = directory.readUInt32BE(28) === pages && directory.readUInt32BE(32) === signature;
  if (!isWhole) {
    throw new StigmerError("failed", `the code signature of ${path} does not cover all of it`);
  }
  const hashes = directory.subarray(directory.readUInt32BE(16));
  const actual = hashPages(file.subarray(0, signature), pageBytes);
  for (let page = 0; page < pages; page += 1) {
    const range = [page * SHA256_BYTES, (page + 1) * SHA256_BYTES] as const;
    if (actual.subarray(...range).equals(hashes.subarray(...range))) continue;
    throw new StigmerError("failed", `page ${page} of ${path} is not what its signature says`);
  }
  return pages;
}

/** The file with a signature that nobody vouches for, which is what macOS wants before it runs anything. */
export function signAdHoc(file: Buffer, path: string, identifier: string): Buffer {
  const place = readMachO(file, path);
  const { signature } = place;
  const name = Buffer.from(`${identifier}\0`);
  const hashesAt = DIRECTORY_BYTES + name.length;
  const pages = Math.ceil(signature / PAGE_BYTES);
  const directoryBytes = hashesAt + pages * SHA256_BYTES;
  // The hashes cover the load commands, so the lengths there come first.
  const signed = resizeSignature(file, place, DIRECTORY_AT + directoryBytes);
  writeNumbers(signed, signature, [EMBEDDED_SIGNATURE, DIRECTORY_AT + directoryBytes, 1, 0, 20]);
  const at = signature + DIRECTORY_AT;
  const numbers = [CODE_DIRECTORY, directoryBytes, DIRECTORY_VERSION, FLAGS, hashesAt];
  writeNumbers(signed, at, [...numbers, DIRECTORY_BYTES, 0, pages, signature]);
  signed.set([SHA256_BYTES, SHA256_HASHES, 0, PAGE_BITS], at + 36);
  signed.writeBigUInt64BE(place.codeBytes, at + 72);
  signed.writeBigUInt64BE(IS_MAIN_PROGRAM, at + 80);
  signed.set(name, at + DIRECTORY_BYTES);
  signed.set(hashPages(signed.subarray(0, signature), PAGE_BYTES), at + hashesAt);
  return signed;
}

function hashPages(content: Buffer, pageBytes: number): Buffer {
  const pages = Math.ceil(content.length / pageBytes);
  const hashes = Buffer.alloc(pages * SHA256_BYTES);
  for (let page = 0; page < pages; page += 1) {
    const bytes = content.subarray(page * pageBytes, (page + 1) * pageBytes);
    hashes.set(Bun.CryptoHasher.hash("sha256", bytes), page * SHA256_BYTES);
  }
  return hashes;
}

/** A signature is a list of parts. The directory has the hashes; for old systems there may be one of another kind too. */
function findDirectory(signature: Buffer, path: string): Buffer {
  const isList =
    signature.length > DIRECTORY_AT && signature.readUInt32BE(0) === EMBEDDED_SIGNATURE;
  const count = isList ? signature.readUInt32BE(8) : 0;
  for (let index = 0; index < count; index += 1) {
    const at = signature.readUInt32BE(12 + index * 8 + 4);
    if (signature.readUInt32BE(at) !== CODE_DIRECTORY) continue;
    if (signature.readUInt8(at + 37) === SHA256_HASHES) return signature.subarray(at);
  }
  throw new StigmerError("failed", `${path} has no code signature: macOS would kill it`);
}

function writeNumbers(buffer: Buffer, at: number, numbers: readonly number[]): void {
  for (const [index, number] of numbers.entries()) buffer.writeUInt32BE(number, at + index * 4);
}
