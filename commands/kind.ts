import { StigmerError } from "../src/base/errors.ts";
import { suggest } from "../src/base/suggest.ts";
import { Kind, kinds } from "../src/schema/kinds.ts";
import type { ArgumentDef } from "./define.ts";

/** `agent`, `agents`, `Agent`: all name the kind. */
export function parseKind(word: string): Kind {
  const lower = word.toLowerCase();
  const found = Kind.options.find((kind) => {
    const { singular, plural } = kinds[kind];
    return lower === singular || lower === plural;
  });
  if (found) return found;
  const near = suggest(lower, pluralKinds());
  throw new StigmerError("usage", `there is no kind "${word}"`, {
    hint: near ? `did you mean "${near}"?` : `the kinds are ${pluralKinds().join(", ")}`,
  });
}

export function pluralKinds(): string[] {
  return Kind.options.map((kind) => kinds[kind].plural);
}

/** `agent/release-writer`: how results name a thing. */
export function labelOf(kind: Kind, name: string): string {
  return `${kinds[kind].singular}/${name}`;
}

export const kindArgument = {
  type: "positional",
  description: "agent or workflow, in the plural too",
  candidates: () => pluralKinds(),
} as const satisfies ArgumentDef;

export const nameArgument = {
  type: "positional",
  description: "Its name; a workflow's is namespace/name, and may end in @version",
  candidates: ([kind = ""]: readonly string[]) => namesOf(kind),
} as const satisfies ArgumentDef;

/** For a shell's TAB: what the server has, and nothing where it can't be asked. */
async function namesOf(kind: string): Promise<string[]> {
  const { connect } = await import("./connect.ts");
  const { items } = await connect().list(parseKind(kind));
  return items.map(({ metadata }) => metadata.name);
}

/** For a shell's TAB: everything that can be run. */
export async function runnableNames(): Promise<string[]> {
  const { connect } = await import("./connect.ts");
  const client = connect();
  const pages = await Promise.all(Kind.options.map((kind) => client.list(kind)));
  return pages.flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
}
