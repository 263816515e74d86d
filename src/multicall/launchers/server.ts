import { isVersionAsked, tellVersion } from "./tell-version.ts";

/** The server in the foreground, as `stigmer-server` and as the child of `stigmer server`. */
export async function launchServer(args: string[]): Promise<number> {
  if (isVersionAsked(args)) return tellVersion("stigmer-server");
  const { runServer } = await import("../../server/main.ts");
  return runServer(args);
}
