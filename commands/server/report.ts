import { StigmerError } from "../../src/base/errors.ts";
import type { Paths } from "../../src/base/paths.ts";
import { createClient } from "../../src/client/http-client.ts";
import type { ServerReport } from "../../src/schema/api/server.ts";
import { findServer } from "../connect.ts";

/** What the server of this home says of itself; undefined when it does not answer. */
export async function readServerReport(paths: Paths): Promise<ServerReport | undefined> {
  try {
    // `server …` looks after the server of this home, wherever other commands are sent.
    return await askServer(paths, undefined);
  } catch {
    return undefined;
  }
}

/** What the server at that URL says of itself. */
export async function askServer(paths: Paths, url: string | undefined): Promise<ServerReport> {
  const server = findServer(paths, { ...process.env, STIGMER_SERVER_URL: url });
  const token = server.token === undefined ? {} : { token: server.token };
  return createClient({ url: server.url, ...token }).server();
}

/** The flag `--server`, which every command takes; its variable is for other commands. */
export function namedServer(values: object): string | undefined {
  const url: unknown = Reflect.get(values, "server");
  return typeof url === "string" ? url : undefined;
}

/** For what can only be done on the server's own machine. */
export function requireOwnServer(values: object): void {
  const named = namedServer(values);
  if (named === undefined) return;
  throw new StigmerError("usage", `"--server ${named}" has no meaning here`, {
    hint: "this looks after the server of a home on this machine: choose the home with --home",
  });
}
