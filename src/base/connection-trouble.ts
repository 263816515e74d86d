import { messageOf, systemCodeOf } from "./errors.ts";

const NOBODY = "nobody listens there";
const CLOSED = "the connection was closed";

const TROUBLES: ReadonlyMap<string, string> = new Map([
  ["ENOENT", NOBODY],
  ["ECONNREFUSED", NOBODY],
  ["FailedToOpenSocket", NOBODY],
  ["ECONNRESET", CLOSED],
  ["EPIPE", CLOSED],
  ["ConnectionClosed", CLOSED],
]);

/** Why a part of ours could not be asked, in words: those of `fetch` are about its arguments. */
export function connectionTrouble(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "it took too long";
  return TROUBLES.get(systemCodeOf(error) ?? "") ?? messageOf(error);
}
