import { StigmerError } from "../src/base/errors.ts";

/** Splits each `KEY=VALUE` of a repeated flag at its first equals sign. */
export function parseKeyValues(word: string, texts: readonly string[]): [string, string][] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) {
      throw new StigmerError("usage", `"${word}" takes KEY=VALUE, not "${text}"`, {
        hint: `write it like ${word} ${at === 0 ? "name" : text}=value`,
      });
    }
    return [text.slice(0, at), text.slice(at + 1)];
  });
}
