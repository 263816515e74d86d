import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { selfCommand } from "../self-command.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The server by the name under which a person finds it: an upgrade puts another version behind that name, while the
 * folder that it leads to today may carry a version and vanish.
 */
export function stableServerCommand(argv0: string, environment: Environment): string[] {
  const own = process.execPath;
  if (!Bun.isStandaloneExecutable) return [...selfCommand(), "internal-server", "--foreground"];
  const called = calledPath(argv0, environment, own) ?? own;
  const server = join(dirname(called), "stigmer-server");
  if (isSameFile(server, own)) return [server, "--foreground"];
  return [called, "internal-server", "--foreground"];
}

/** Where the shell found the program; undefined when that is another one by now. */
export function calledPath(
  argv0: string,
  environment: Environment,
  own: string,
): string | undefined {
  const path = argv0.includes("/")
    ? resolve(argv0)
    : Bun.which(basename(argv0), { PATH: environment["PATH"] ?? "" });
  return path !== null && isSameFile(path, own) ? path : undefined;
}

function isSameFile(path: string, other: string): boolean {
  try {
    return realpathSync(path) === realpathSync(other);
  } catch {
    return false;
  }
}
