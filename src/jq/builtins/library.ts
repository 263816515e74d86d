import { parseDefinitions } from "../parser.ts";
import type { Definition } from "../syntax.ts";
import source from "./library.jq.txt" with { type: "text" };

let definitions: ReadonlyMap<string, Definition> | undefined;

/** All builtins that are written in jq, parsed when the first of them is wanted. */
function library(): ReadonlyMap<string, Definition> {
  definitions ??= new Map(
    parseDefinitions(source).map((definition) => [
      `${definition.name}/${definition.params.length}`,
      definition,
    ]),
  );
  return definitions;
}

export function findLibrary(key: string): Definition | undefined {
  return library().get(key);
}

export function libraryNames(): string[] {
  return [...library().keys()];
}
