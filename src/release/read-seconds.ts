import { StigmerError } from "../base/errors.ts";

/** A limit that a person sets in seconds; what it is without that is given in milliseconds, as the answer is. */
export function readSeconds(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  standardMs: number,
): number {
  const text = environment[name];
  if (!text) return standardMs;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1_000;
  throw new StigmerError("usage", `${name} is "${text}", which is no number of seconds`, {
    hint: `write it like ${name}=${standardMs / 1_000}`,
  });
}
