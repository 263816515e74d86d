/** The server in the foreground, as `stigmer-server` and as the child of `stigmer server`. */
export async function launchServer(args: string[]): Promise<number> {
  const { runServer } = await import("../../server/main.ts");
  return runServer(args);
}
