import { connectionTrouble } from "../base/connection-trouble.ts";

const ANSWER_MAX_MS = 5_000;

/** Asks a part over its socket. Undefined when it answers 200, else why not. */
export async function probePart(
  socket: string,
  path: "/healthz" | "/readyz",
): Promise<string | undefined> {
  try {
    const response = await fetch(`http://part${path}`, {
      unix: socket,
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    await response.body?.cancel();
    return response.status === 200 ? undefined : `${path} answered ${response.status}`;
  } catch (error) {
    return `${path} did not answer: ${connectionTrouble(error)}`;
  }
}
