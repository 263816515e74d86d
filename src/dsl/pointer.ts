/** The tokens of a JSON Pointer (RFC 6901); the pointer to the whole document, "", has none. */
export function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A JSON Pointer made longer by tokens. */
export function extendPointer(pointer: string, ...tokens: readonly (string | number)[]): string {
  return tokens.reduce<string>((path, token) => `${path}/${escapeToken(token)}`, pointer);
}

function escapeToken(token: string | number): string {
  return typeof token === "number"
    ? String(token)
    : token.replaceAll("~", "~0").replaceAll("/", "~1");
}
