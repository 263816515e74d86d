import { join } from "node:path";

import { StigmerError } from "../../base/errors.ts";
import type { Paths } from "../../base/paths.ts";

/** The first words of every file that we write for a service manager: what lacks them is not ours to change. */
export const MARKER = "Written by `stigmer service install`";

/** What a service manager has to know to keep the server alive. */
export interface ServiceDefinition {
  /** The program, by an absolute path that stays the same over upgrades, and its arguments. */
  readonly command: readonly string[];
  readonly home: string;
  /** The search path of the shell that installed it, for the tools that runs start. */
  readonly searchPath: string;
  /** `NAME=value` lines for what a shell would have set, such as a proxy. It need not be there. */
  readonly environmentFile: string;
  /** Where the runtime's last words go; the server writes the same file. */
  readonly logFile: string;
}

const SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin";

export function defineService(
  paths: Paths,
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ServiceDefinition {
  const folders = (environment["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
  const definition = {
    command,
    home: paths.home,
    searchPath: [...new Set(folders)].join(":") || SEARCH_PATH,
    environmentFile: join(paths.home, "server.env"),
    logFile: join(paths.logs, "server.log"),
  };
  for (const text of [...command, definition.home, definition.searchPath]) requirePlain(text);
  return definition;
}

/** No file of a service manager has a way to write a line break or a control character. */
function requirePlain(text: string): void {
  // eslint-disable-next-line no-control-regex
  if (!/[\u0000-\u001f\u007f]/.test(text)) return;
  throw new StigmerError("usage", `${JSON.stringify(text)} has a control character in it`, {
    hint: "install stigmer, and put STIGMER_HOME, where the path has none",
  });
}
