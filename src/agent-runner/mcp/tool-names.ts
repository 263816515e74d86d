import { createHash } from "node:crypto";

/** What every provider accepts as the name of a tool. */
const NAME_CHARACTERS_MAX = 64;
const DIGEST_CHARACTERS = 8;

/** A name for each `server`, `tool` pair: unique, and safe for any model. The same pairs give the same names. */
export function nameTools(pairs: readonly { server: string; tool: string }[]): string[] {
  const plain = pairs.map(({ server, tool }) => safeName(server, tool));
  const counts = Map.groupBy(plain, (name) => name);
  return plain.map((name, index) => {
    const pair = pairs[index];
    const isTaken = (counts.get(name)?.length ?? 0) > 1;
    if (!pair || (!isTaken && name.length <= NAME_CHARACTERS_MAX)) return name;
    const digest = createHash("sha256").update(`${pair.server}\n${pair.tool}`).digest("hex");
    const room = NAME_CHARACTERS_MAX - DIGEST_CHARACTERS - 1;
    return `${name.slice(0, room)}_${digest.slice(0, DIGEST_CHARACTERS)}`;
  });
}

function safeName(server: string, tool: string): string {
  return `${server}__${tool}`.replaceAll(/[^A-Za-z0-9_-]/g, "_");
}
