import { messageOf, StigmerError, systemCodeOf } from "../src/base/errors.ts";
import { JSON_BYTES_MAX } from "../src/base/json-limits.ts";
import { readSmallFile, tooLarge } from "../src/base/read-small-file.ts";

/** The text of a file, or of standard input for `-`. */
export async function readText(path: string): Promise<string> {
  if (path === "-") return readStdin();
  try {
    return readSmallFile(path, JSON_BYTES_MAX);
  } catch (cause) {
    throw cause instanceof StigmerError ? cause : cannotRead(path, cause);
  }
}

async function readStdin(): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of Bun.stdin.stream()) {
    sizeBytes += chunk.length;
    if (sizeBytes > JSON_BYTES_MAX) throw tooLarge("standard input", JSON_BYTES_MAX);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

export function cannotRead(path: string, cause: unknown): StigmerError {
  if (systemCodeOf(cause) === "ENOENT") {
    return new StigmerError("not_found", `there is no file "${path}"`, { cause });
  }
  return new StigmerError("failed", `"${path}" can't be read: ${messageOf(cause)}`, { cause });
}
