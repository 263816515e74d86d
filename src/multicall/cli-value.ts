import type { ArgumentDef } from "../../commands/define.ts";
import { StigmerError } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";

/** The value of a flag from its text; a usage error where the definition does not allow it. */
export function checkValue(
  word: string,
  text: string,
  definition: ArgumentDef,
  path: string,
): string | number {
  if (definition.integer) return checkInteger(word, text, definition.integer, path);
  if (definition.type === "enum") checkOption(word, text, definition.options ?? [], path);
  return text;
}

function checkInteger(
  word: string,
  text: string,
  { min, max }: { min: number; max: number },
  path: string,
): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < min || value > max) {
    throw new StigmerError(
      "usage",
      `"${word}" takes a whole number from ${min} to ${max}, not "${text}"`,
      { hint: `"${path} --help" shows how it is used` },
    );
  }
  return value;
}

function checkOption(word: string, text: string, options: readonly string[], path: string): void {
  if (options.includes(text)) return;
  const near = suggest(text, options);
  throw new StigmerError("usage", `"${word}" takes one of ${options.join(", ")}, not "${text}"`, {
    hint: near ? `did you mean "${near}"?` : `"${path} --help" shows how it is used`,
  });
}
