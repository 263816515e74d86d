/** Words of a position after which a count follows, not the name of a task. */
const COUNTED = new Set(["for", "retry"]);

/**
 * The tasks that a position in the execution leads through, as people name them: `/do/0/loop/for/3/do/1/greet` is
 * `loop[3]`, `greet`.
 */
export function taskPath(position: string): string[] {
  const tokens = position.split("/").slice(1).map(unescapeToken);
  const path: string[] = [];
  for (let index = 1; index < tokens.length; index += 1) {
    if (!/^\d+$/.test(tokens[index] ?? "")) continue;
    const before = tokens[index - 1] ?? "";
    if (before === "for" && path.length > 0) path.push(`${path.pop()}[${tokens[index]}]`);
    if (COUNTED.has(before)) continue;
    const name = tokens[index + 1];
    if (name !== undefined) path.push(name);
    // The name may itself look like a number or a word of the language.
    index += 1;
  }
  return path;
}

function unescapeToken(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
