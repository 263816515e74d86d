import { resolve } from "node:path";

import type { Values } from "../../commands/define.ts";
import { StigmerError } from "../base/errors.ts";
import { toArguments } from "./cli-arguments.ts";

/** Flags that every command takes, anywhere on the line. */
export const globalFlags = toArguments({
  json: { type: "boolean", description: "Print the result as one JSON document" },
  quiet: { type: "boolean", alias: "q", description: "Say nothing but results and errors" },
  noColor: { type: "boolean", description: "Use no colour (NO_COLOR)" },
  server: { type: "string", valueHint: "URL", description: "The server (STIGMER_SERVER_URL)" },
  home: { type: "string", valueHint: "DIR", description: "Where state is kept (STIGMER_HOME)" },
  help: { type: "boolean", alias: "h", description: "Explain the command" },
}).flags;

/** A flag wins over its variable, here and in every process that is started from here. */
export function applyGlobals(
  values: Values,
  environment: Record<string, string | undefined>,
): void {
  const { noColor, server, home } = values;
  if (noColor === true) environment["NO_COLOR"] = "1";
  if (typeof server === "string") environment["STIGMER_SERVER_URL"] = notEmpty("--server", server);
  if (typeof home === "string") environment["STIGMER_HOME"] = resolve(notEmpty("--home", home));
}

/** An empty value is a variable that was not set, as in `--home=$DIR`. It means no place, least of all this folder. */
function notEmpty(word: string, value: string): string {
  if (value.trim() !== "") return value;
  throw new StigmerError("usage", `"${word}" is empty`, {
    hint: `name one, or leave "${word}" out`,
  });
}
