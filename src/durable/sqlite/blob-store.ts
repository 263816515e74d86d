import * as fs from "node:fs";
import { dirname, join } from "node:path";

import { replaceDurably, syncFolder } from "../../base/durable-file.ts";
import { readRegularFile } from "../../base/regular-file.ts";
import { sha256Hex } from "../../base/sha256.ts";

/** Big values, each in a file that is named by its own SHA-256. Written once, never changed. */
export interface BlobStore {
  /** Stores the bytes for good and answers their name. */
  put(text: string): string;
  /** Throws when the file is missing or its content is not what its name says. */
  get(hash: string): string;
}

export function openBlobStore(folder: string): BlobStore {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeLeftovers(folder);
  return {
    put: (text) => {
      const bytes = Buffer.from(text);
      const hash = sha256Hex(bytes);
      const path = pathOf(folder, hash);
      fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // Whoever wrote one that is there may have been killed before the disk had its name.
      if (holds(path, hash)) syncFolder(dirname(path));
      else replaceDurably(path, bytes, 0o600);
      syncFolder(folder);
      return hash;
    },
    get: (hash) => {
      const bytes = readRegularFile(pathOf(folder, hash));
      if (sha256Hex(bytes) === hash) return bytes.toString();
      throw new Error(`the content of ${pathOf(folder, hash)} has changed`);
    },
  };
}

function pathOf(folder: string, hash: string): string {
  return join(folder, hash.slice(0, 2), hash);
}

function holds(path: string, hash: string): boolean {
  return fs.existsSync(path) && sha256Hex(readRegularFile(path)) === hash;
}

/** What a killed process was writing; nothing refers to it. */
function removeLeftovers(folder: string): void {
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".tmp")) fs.rmSync(join(folder, name), { force: true });
  }
}
