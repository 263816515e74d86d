import type { Paths } from "../../src/base/paths.ts";
import { daemonState } from "../../src/supervisor/daemon.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";

/** A server that runs keeps the agent-runner that it was started with. */
export function tellOfRunningServer(paths: Paths, { talk }: Terminal): void {
  const { state } = daemonState(paths);
  if (state !== "running" && state !== "starting") return;
  talk.info("the server that runs uses it from its next start on: stigmer server restart");
}
