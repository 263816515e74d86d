import { readFileSync, renameSync, rmSync } from "node:fs";

import { z } from "zod";

import { writeDurably } from "../../base/durable-file.ts";
import { sha256Hex } from "../../base/sha256.ts";
import { Validator } from "./validator.ts";

/** What the beginning of a file belongs to, beside it on disk. Holds no secret: the address is hashed. */
const Sidecar = z.object({
  schema: z.literal(1),
  requestSha256: z.string().regex(/^[0-9a-f]{64}$/),
  validator: Validator,
});

/** The validator of a beginning that came from this very address, if it has one. */
export function readValidator(path: string, url: URL): string | undefined {
  try {
    const sidecar = Sidecar.parse(JSON.parse(readFileSync(path, "utf8")));
    return sidecar.requestSha256 === requestSha256(url) ? sidecar.validator : undefined;
  } catch {
    return undefined;
  }
}

/** Whatever is there is replaced; without a validator nothing is left. */
export function writeValidator(path: string, url: URL, validator: string | undefined): void {
  rmSync(path, { force: true });
  if (validator === undefined) return;
  const scratch = `${path}.new`;
  rmSync(scratch, { force: true });
  const sidecar = { schema: 1, requestSha256: requestSha256(url), validator };
  writeDurably(scratch, `${JSON.stringify(sidecar)}\n`, 0o600);
  renameSync(scratch, path);
}

/** Without user and password: a hash of a short password can be guessed. */
function requestSha256({ origin, pathname, search }: URL): string {
  return sha256Hex(origin + pathname + search);
}
