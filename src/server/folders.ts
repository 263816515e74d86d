import { chmodSync, lstatSync } from "node:fs";
import { userInfo } from "node:os";

import { StigmerError } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { makeHome, makePrivateFolder } from "../base/private-folder.ts";

const OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;

/** Makes every folder that the server writes to, for this user alone. */
export function makeFolders(paths: Paths): void {
  const { home, data, run, logs, sockets } = paths;
  makeHome(home);
  for (const folder of [data, run, logs, sockets]) makePrivateFolder(folder);
  requirePrivate(sockets);
}

/**
 * Whoever can put a socket into this folder can pretend to be a part. It may lie in the temporary directory, where others
 * could have made it first.
 */
function requirePrivate(folder: string): void {
  const found = lstatSync(folder);
  const isOwn = found.isDirectory() && found.uid === userInfo().uid;
  if (isOwn && (found.mode & WRITABLE_BY_OTHERS) === 0) {
    if ((found.mode & OTHERS) !== 0) chmodSync(folder, 0o700);
    return;
  }
  throw new StigmerError("not_permitted", `${folder} is open to other users`, {
    hint: `it must be a folder of yours with mode 0700: \`chmod 700 ${folder}\`, or delete it`,
  });
}
