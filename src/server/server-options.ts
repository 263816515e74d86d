import { parseArgs } from "node:util";

import { messageOf, StigmerError } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";

export interface ServerOptions {
  /** Values by the key of the setting that they stand for. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** Also writes the server's log to standard error. */
  readonly isForeground: boolean;
  readonly isHelpWanted: boolean;
}

const options = {
  port: { type: "string" },
  listen: { type: "string" },
  "llm-provider": { type: "string" },
  "llm-model": { type: "string" },
  "llm-base-url": { type: "string" },
  foreground: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** The arguments of the program `internal-server`, which `stigmer-server` passes on as they are. */
export function parseServerOptions(args: string[]): ServerOptions {
  const { values } = parse(args);
  return {
    flags: {
      "server.port": values.port,
      "server.listen": values.listen,
      "llm.provider": values["llm-provider"],
      "llm.model": values["llm-model"],
      "llm.baseUrl": values["llm-base-url"],
    },
    isForeground: values.foreground ?? false,
    isHelpWanted: values.help ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false });
  } catch (cause) {
    const known = Object.keys(options).map((name) => `--${name}`);
    const unknown = args.find((arg) => arg.startsWith("-") && !known.includes(nameOf(arg)));
    const near = unknown === undefined ? undefined : suggest(nameOf(unknown), known);
    const message = unknown === undefined ? messageOf(cause) : `unknown flag "${nameOf(unknown)}"`;
    throw new StigmerError("usage", message.charAt(0).toLowerCase() + message.slice(1), {
      hint: near ? `did you mean ${near}?` : `the flags are ${known.join(", ")}`,
      cause,
    });
  }
}

function nameOf(arg: string): string {
  return arg.split("=")[0] ?? arg;
}
