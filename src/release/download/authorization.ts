import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";

import { messageOf, StigmerError } from "../../base/errors.ts";
import { isLoopback } from "./proxy.ts";
import type { Authorization, Environment } from "./request.ts";
import { BASE_URL_VARIABLE, chosenBaseUrl, displayUrl } from "./source-url.ts";

const FILE_VARIABLE = "STIGMER_DOWNLOAD_AUTH_FILE";
const FILE_BYTES_MAX = 16_384;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]*[\x21-\x7e])[ \t]*$/;
/** Headers that say what is asked for or how: they are ours. */
const OURS =
  /^(?:host|range|if-range|accept-encoding|connection|content-length|transfer-encoding)$/i;

/**
 * The header that a mirror wants, from a file so that it shows in no list of processes, or from a user and password
 * in the mirror's address. It goes to the mirror's origin and nowhere else, whatever redirects say.
 */
export function readAuthorization(url: URL, environment: Environment): Authorization | undefined {
  if (url.protocol === "file:") return undefined;
  const path = environment[FILE_VARIABLE];
  const found = path ? fromFile(path, environment) : fromAddress(url);
  if (!found || found.origin !== url.origin) return undefined;
  if (url.protocol === "https:" || isLoopback(url)) return found;
  throw new StigmerError("not_permitted", `${displayUrl(url)} would get a secret unencrypted`, {
    hint: "use an https address for a mirror that wants to know who asks",
  });
}

function fromAddress(url: URL): Authorization | undefined {
  if (!url.username && !url.password) return undefined;
  const login = `${decode(url.username)}:${decode(url.password)}`;
  const value = `Basic ${Buffer.from(login).toString("base64")}`;
  return { origin: url.origin, name: "Authorization", value };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A bare percent sign in a password means itself.
    return part;
  }
}

function fromFile(path: string, environment: Environment): Authorization {
  const base = chosenBaseUrl(environment);
  if (!base) {
    throw new StigmerError("usage", `${FILE_VARIABLE} is set, but no mirror to send it to`, {
      hint: `set ${BASE_URL_VARIABLE} to the mirror, or unset ${FILE_VARIABLE}`,
    });
  }
  const lines = readPrivateFile(path)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const [, name = "", value = ""] = HEADER.exec(lines[0] ?? "") ?? [];
  if (lines.length === 1 && name !== "" && !OURS.test(name)) {
    return { origin: base.origin, name, value };
  }
  // Nothing of the file is quoted: it is a secret.
  throw new StigmerError("invalid_input", `${path} is not one header line`, {
    hint: 'write one line into it, like "Authorization: Bearer <token>"',
  });
}

function readPrivateFile(path: string): string {
  const descriptor = openForReading(path);
  try {
    const fault = faultOf(fstatSync(descriptor));
    if (fault === undefined) return readFileSync(descriptor, "utf8");
    throw new StigmerError("not_permitted", `${path} ${fault}`, {
      hint: `run: chmod 600 ${path} (it must be a small file of your own)`,
    });
  } finally {
    closeSync(descriptor);
  }
}

function openForReading(path: string): number {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for whoever writes into it.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new StigmerError("not_permitted", `cannot read ${path}: ${messageOf(error)}`, {
      hint: `${FILE_VARIABLE} must name a file with one header line, mode 0600`,
      cause: error,
    });
  }
}

function faultOf(found: Stats): string | undefined {
  if (!found.isFile()) return "is not a regular file";
  if (found.uid !== process.geteuid?.()) return "belongs to another user";
  if ((found.mode & 0o177) !== 0) return `has the mode 0${(found.mode & 0o777).toString(8)}`;
  if (found.size > FILE_BYTES_MAX) return `is larger than ${FILE_BYTES_MAX} bytes`;
  return undefined;
}
