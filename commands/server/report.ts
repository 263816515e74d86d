import type { Paths } from "../../src/base/paths.ts";
import { createClient } from "../../src/client/http-client.ts";
import type { ServerReport } from "../../src/schema/api/server.ts";
import { findServer } from "../connect.ts";

/** What the server of this home says of itself; undefined when it does not answer. */
export async function readServerReport(paths: Paths): Promise<ServerReport | undefined> {
  const { url, token } = findServer(paths, {
    ...process.env,
    // `server …` looks after the server of this home, wherever other commands are sent.
    STIGMER_SERVER_URL: undefined,
  });
  try {
    return await createClient({ url, ...(token === undefined ? {} : { token }) }).server();
  } catch {
    return undefined;
  }
}
