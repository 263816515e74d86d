import { closeSync, constants, fstatSync, readSync, statSync } from "node:fs";

import { StigmerError } from "../base/errors.ts";
import { openRegularFile } from "../base/regular-file.ts";

const CHUNK_BYTES = 64 * 1024;

/** Reads what was added to a file since the last look, through renames, truncations and its absence. */
export class LogTail {
  readonly #path: string;
  readonly #buffer = Buffer.alloc(CHUNK_BYTES);
  #descriptor: number | undefined;
  #offset = 0;
  #pending = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** Whole lines since the last call. */
  read(): string[] {
    this.#descriptor ??= this.#open();
    if (this.#descriptor === undefined) return [];
    const lines = this.#rest(this.#descriptor);
    if (this.#isCurrent(this.#descriptor)) return lines;
    // The writer moved on to a new file; what it wrote last into the old one was read just now.
    lines.push(...this.#rest(this.#descriptor));
    this.close();
    return [...lines, ...this.read()];
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#offset = 0;
    this.#pending = "";
  }

  #open(): number | undefined {
    try {
      return openRegularFile(this.#path, constants.O_RDONLY);
    } catch (error) {
      if (error instanceof StigmerError) throw error;
      return undefined;
    }
  }

  #rest(descriptor: number): string[] {
    const lines: string[] = [];
    if (fstatSync(descriptor).size < this.#offset) this.#offset = 0;
    for (;;) {
      const size = readSync(descriptor, this.#buffer, 0, CHUNK_BYTES, this.#offset);
      if (size === 0) return lines;
      this.#offset += size;
      const parts = (this.#pending + this.#buffer.toString("latin1", 0, size)).split("\n");
      this.#pending = parts.pop() ?? "";
      lines.push(...parts.map(fromLatin1));
    }
  }

  #isCurrent(descriptor: number): boolean {
    const now = statSync(this.#path, { throwIfNoEntry: false });
    return now === undefined || now.ino === fstatSync(descriptor).ino;
  }
}

/** Bytes are kept apart until a line is whole, because a character can lie across two reads. */
function fromLatin1(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
