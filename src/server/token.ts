import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, statSync } from "node:fs";

import { createDurably } from "../base/durable-file.ts";
import { StigmerError, systemCodeOf } from "../base/errors.ts";

const TOKEN_BYTES = 32;
/** What somebody wrote there by hand may be shorter than ours, but not so short that it can be guessed. */
const LENGTH_MIN = 32;
const OTHERS = 0o077;

/** The token that opens the API: made on the first start, for its owner's eyes only. */
export function ensureToken(path: string): string {
  return readToken(path) ?? makeToken(path);
}

function readToken(path: string): string | undefined {
  try {
    const token = readFileSync(path, "utf8").trim();
    if ((statSync(path).mode & OTHERS) !== 0) chmodSync(path, 0o600);
    if (/^[\x21-\x7e]+$/.test(token) && token.length >= LENGTH_MIN) return token;
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw new StigmerError("failed", `the token in ${path} can't be read`, {
      cause,
      hint: "check who owns it",
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
    const other = systemCodeOf(cause) === "EEXIST" ? readToken(path) : undefined;
    if (other !== undefined) return other;
    throw new StigmerError("failed", `the token can't be written to ${path}`, { cause });
  }
}
