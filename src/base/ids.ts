const PREFIXES = { run: "run_", agent: "agt_", workflow: "wfl_" } as const;
export type IdKind = keyof typeof PREFIXES;

/** A new id: a prefix that tells the kind, then a UUIDv7 (RFC 9562), so that ids sort by time of creation. */
export function newId(kind: IdKind): string {
  return `${PREFIXES[kind]}${Bun.randomUUIDv7().replaceAll("-", "")}`;
}

/** Whether the text has the form of an id of that kind. */
export function isId(kind: IdKind, text: string): boolean {
  return (
    text.startsWith(PREFIXES[kind]) && /^[0-9a-f]{32}$/.test(text.slice(PREFIXES[kind].length))
  );
}
