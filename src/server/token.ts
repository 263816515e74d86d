import { randomBytes } from "node:crypto";
import { chmodSync, statSync } from "node:fs";

import { createDurably } from "../base/durable-file.ts";
import { messageOf, StigmerError, systemCodeOf } from "../base/errors.ts";
import { readSmallFile } from "../base/read-small-file.ts";

const TOKEN_BYTES = 32;
/** What somebody wrote there by hand may be shorter than ours, but not so short that it can be guessed. */
const LENGTH_MIN = 32;
const BYTES_MAX = 64 * 1024;
const OTHERS = 0o077;

/** The token that opens the API: made on the first start, for its owner's eyes only. */
export function ensureToken(path: string): string {
  return readToken(path) ?? makeToken(path);
}

function readToken(path: string): string | undefined {
  try {
    const token = readSmallFile(path, BYTES_MAX).trim();
    if ((statSync(path).mode & OTHERS) !== 0) chmodSync(path, 0o600);
    if (/^[\x21-\x7e]+$/.test(token) && token.length >= LENGTH_MIN) return token;
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    const isOther = cause instanceof StigmerError;
    throw new StigmerError("failed", `the token can't be read: ${messageOf(cause)}`, {
      cause,
      hint: isOther ? "move it away: the next start makes a new one" : "check who owns it",
    });
  }
  throw new StigmerError("failed", `${path} holds no token of at least ${LENGTH_MIN} characters`, {
    hint: "delete it: the next start makes a new one",
  });
}

/** A crash leaves no token or a good one, and of two makers one wins. */
function makeToken(path: string): string {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  try {
    createDurably(path, `${token}\n`, 0o600);
    return token;
  } catch (cause) {
    const isTaken = systemCodeOf(cause) === "EEXIST";
    const other = isTaken ? readToken(path) : undefined;
    if (other !== undefined) return other;
    if (isTaken) throw deadLink(path, cause);
    throw new StigmerError("failed", `the token can't be written to ${path}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function deadLink(path: string, cause: unknown): StigmerError {
  const message = `the token can't be written: ${path} is a link that leads nowhere`;
  return new StigmerError("failed", message, { hint: "remove that link", cause });
}
