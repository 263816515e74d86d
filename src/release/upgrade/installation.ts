import { accessSync, constants, lstatSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { target, version } from "../../base/build-info.ts";
import { StigmerError, systemCodeOf } from "../../base/errors.ts";
import { findManager } from "./package-manager.ts";

/** The program's own file, and what may lie beside it. All names begin with a dot and its own name. */
export interface Installation {
  readonly path: string;
  readonly folder: string;
  readonly version: string;
  readonly target: string;
  /** A new program until it takes the place of the old one. */
  readonly fresh: string;
  /** A second name of the old one while the new one takes its place. */
  readonly kept: string;
  /** The one that was in use before, for `upgrade --rollback`. */
  readonly previous: string;
  readonly lock: string;
}

/** Of this process: the real file, also when it was called by one of its other names. */
export function ownInstallation(): Installation {
  if (version === "dev") {
    throw new StigmerError("not_permitted", "this is a development build, and no release", {
      hint: "build it anew with `git pull && make release-local`, or install a release",
    });
  }
  return { ...placesBeside(process.execPath), version, target };
}

export function placesBeside(path: string): Omit<Installation, "version" | "target"> {
  const folder = dirname(path);
  const beside = (ending: string): string => join(folder, `.${basename(path)}.${ending}`);
  return {
    path,
    folder,
    fresh: beside("fresh"),
    kept: beside("kept"),
    previous: beside("previous"),
    lock: beside("lock"),
  };
}

/** Refuses what is not ours to replace, and says who may. */
export function requireOwnFile(installation: Installation): void {
  const { path, folder } = installation;
  const manager = findManager(path);
  if (manager) {
    throw new StigmerError("not_permitted", `${path} is looked after by ${manager.name}`, {
      hint: manager.command === undefined ? "upgrade it there" : `run: ${manager.command}`,
    });
  }
  requireThere(installation);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const isReadOnly = systemCodeOf(error) === "EROFS";
    const reason = isReadOnly ? "its file system is read-only" : "this user may not write there";
    throw new StigmerError("not_permitted", `cannot replace ${path}: ${reason}`, {
      hint: isReadOnly
        ? "install stigmer into a folder of your own, such as ~/.local/bin"
        : `run it as the owner of ${folder}: sudo ${path} upgrade`,
      cause: error,
    });
  }
}

export function requireThere({ path }: Installation): void {
  if (lstatSync(path, { throwIfNoEntry: false })) return;
  throw new StigmerError("conflict", `${path} was deleted while this program ran`, {
    hint: "install stigmer again",
  });
}
