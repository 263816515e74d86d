import { closeSync, constants, fstatSync, renameSync, writeSync } from "node:fs";

import { openRegularFile } from "../base/regular-file.ts";

const SIZE_BYTES_MAX = 5 * 1024 * 1024;
/** `x.log`, `x.log.1` and `x.log.2`. */
const FILES_MAX = 3;

/** A log that never grows beyond a few files. */
export interface LogFile {
  /** Appends one line; its newline is added here. */
  write(line: string): void;
  close(): void;
}

/**
 * Opens `path` for appending. Written synchronously, so that the last words of a dying process arrive. A line that the
 * disk does not take is lost: whoever logs is at work for somebody, and must not fail for it.
 */
export function openLogFile(
  path: string,
  limits: { sizeBytesMax: number; filesMax: number } = {
    sizeBytesMax: SIZE_BYTES_MAX,
    filesMax: FILES_MAX,
  },
): LogFile {
  let descriptor = openToAppend(path);
  let sizeBytes = fstatSync(descriptor).size;
  const rotate = (): void => {
    // Where no new file can be made, the old one goes on for as long again.
    sizeBytes = 0;
    shiftFiles(path, limits.filesMax);
    const old = descriptor;
    descriptor = openToAppend(path);
    closeSync(old);
  };
  return {
    write: (line) => {
      const bytes = Buffer.from(`${line}\n`);
      try {
        if (sizeBytes > 0 && sizeBytes + bytes.length > limits.sizeBytesMax) rotate();
        sizeBytes += writeSync(descriptor, bytes);
      } catch {
        // The disk is full or gone.
      }
    },
    close: () => closeSync(descriptor),
  };
}

/** Throws where something lies there that is no file. */
export function openToAppend(path: string): number {
  return openRegularFile(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND);
}

/** The files of one log, oldest first; not all of them need to exist. */
export function logFilesOf(path: string, filesMax: number = FILES_MAX): string[] {
  return Array.from({ length: filesMax }, (_, index) => numbered(path, filesMax - 1 - index));
}

function shiftFiles(path: string, filesMax: number): void {
  for (let number = filesMax - 2; number >= 0; number -= 1) {
    try {
      renameSync(numbered(path, number), numbered(path, number + 1));
    } catch {
      // There was no such file yet.
    }
  }
}

function numbered(path: string, number: number): string {
  return number === 0 ? path : `${path}.${number}`;
}
