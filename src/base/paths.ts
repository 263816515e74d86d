import { createHash } from "node:crypto";
import { homedir, tmpdir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";

import { StigmerError } from "./errors.ts";

/** Unix socket paths are cut or refused beyond about 104 bytes (macOS) or 108 (Linux). */
const SOCKET_PATH_BYTES_MAX = 100;

/** Every place on disk, from one home directory. Nothing here touches the disk. */
export interface Paths {
  readonly home: string;
  readonly config: string;
  readonly token: string;
  readonly bin: string;
  readonly runners: string;
  readonly downloads: string;
  readonly data: string;
  readonly database: string;
  readonly journal: string;
  readonly blobs: string;
  readonly run: string;
  readonly sockets: string;
  readonly logs: string;
}

export function pathsOf(home: string): Paths {
  const run = join(home, "run");
  return {
    home,
    config: join(home, "config.yaml"),
    token: join(home, "token"),
    bin: join(home, "bin"),
    runners: join(home, "runners"),
    downloads: join(home, "cache", "downloads"),
    data: join(home, "data"),
    database: join(home, "data", "stigmer.db"),
    journal: join(home, "data", "journal.db"),
    blobs: join(home, "data", "blobs"),
    run,
    sockets: socketFolder(run),
    logs: join(home, "logs"),
  };
}

/** `STIGMER_HOME`, else `~/.stigmer`. A relative path is refused: it would scatter state over working directories. */
export function findHome(environment: Record<string, string | undefined>): string {
  const chosen = environment["STIGMER_HOME"];
  if (chosen) return requireAbsolute("STIGMER_HOME", chosen);
  const home = environment["HOME"] || userInfo().homedir || homedir();
  return join(requireAbsolute("HOME", home), ".stigmer");
}

function requireAbsolute(name: string, path: string): string {
  if (isAbsolute(path)) return path;
  throw new StigmerError("usage", `${name} is "${path}", which is not an absolute path`, {
    hint: `set ${name} to a path that starts with /`,
  });
}

/** The run folder itself, or a short private one in the temporary directory when socket names would be too long. */
function socketFolder(run: string): string {
  const longest = join(run, "workflow-runner.sock");
  if (Buffer.byteLength(longest) <= SOCKET_PATH_BYTES_MAX) return run;
  const digest = createHash("sha256").update(run).digest("hex").slice(0, 16);
  return join(tmpdir(), `stigmer-${userInfo().uid}-${digest}`);
}
