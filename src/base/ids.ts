import { sha256Hex } from "./sha256.ts";

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

/**
 * The same id for the same text, always: for what has to be found again after a crash. It has the form of a UUIDv8,
 * the version that RFC 9562 leaves to the application.
 */
export function derivedId(kind: IdKind, text: string): string {
  const hex = sha256Hex(text);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${PREFIXES[kind]}${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant}${hex.slice(17, 32)}`;
}
