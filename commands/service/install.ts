import { type DaemonState, daemonState } from "../../src/supervisor/daemon.ts";
import { type Installation, installService } from "../../src/supervisor/service/service.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { type OwnService, ownService } from "./own-service.ts";

/** The file is written, but nobody looks at it. */
const NOT_DONE = 1;

export const install = command({
  details:
    "Writes a unit of systemd or an agent of launchd for this user, and enables it. Doing it again changes nothing.\n" +
    "The exit status is 1 where the manager does not answer: then it says what is left to do.\n" +
    "Variables of your shell do not reach the service: set API keys with `stigmer config`, and put others as NAME=value lines into the file server.env of the home directory.",
  examples: ["stigmer service install", "stigmer service install --dry-run"],
  args: {
    dryRun: { type: "boolean", description: "Print the file, and change nothing" },
  },
  async run({ dryRun }, terminal) {
    const own = ownService();
    if (dryRun) return printFile(own, terminal);
    const { manager, definition } = own;
    const inTheWay = await findServerByHand(own);
    const installation = await installService(manager, definition, { isLater: Boolean(inTheWay) });
    const exitStatus = installation.trouble ? NOT_DONE : 0;
    if (terminal.isJson) {
      const { isChanged: changed, isEnabled: enabled, isActive: active, ...others } = installation;
      const { command: runs, home } = definition;
      const done = { manager: manager.name, changed, enabled, active, runs, home, ...others };
      terminal.printJson(done);
      return exitStatus;
    }
    print(own, installation, terminal);
    if (inTheWay) {
      terminal.talk.warn(
        `a server that was started by hand runs already (pid ${inTheWay.pid}); to hand over: stigmer server stop && ${startCommand(own)}`,
      );
    }
    return exitStatus;
  },
});

/** The file on stdout, so that it can be kept; the rest is talk. */
function printFile({ manager, definition }: OwnService, terminal: Terminal): void {
  const content = manager.render(definition);
  const { file, enableCommands } = manager;
  if (terminal.isJson)
    return terminal.printJson({ manager: manager.name, file, content, enableCommands });
  terminal.print(content.trimEnd());
  terminal.talk.info(`\nnothing was changed; this would be ${file}, enabled by:`);
  for (const line of enableCommands) terminal.talk.info(`  ${line}`);
}

/** A server that the manager did not start holds the lock, and ours would fail again and again. */
async function findServerByHand({
  manager,
}: OwnService): Promise<Extract<DaemonState, { state: "running" }>["hint"] | undefined> {
  const daemon = daemonState(homePaths());
  if (daemon.state !== "running") return undefined;
  return (await manager.state()).isActive ? undefined : daemon.hint;
}

function print(
  { manager, definition }: OwnService,
  { file, isChanged, isActive, isEnabled, trouble, advice }: Installation,
  terminal: Terminal,
): void {
  const done = isChanged ? "installed" : "unchanged";
  terminal.print(
    trouble ? `service not installed; its file is ${file}` : `service ${done} in ${file}`,
  );
  terminal.print(`  runs   ${definition.command.join(" ")}`);
  terminal.print(`  data   ${definition.home}`);
  if (trouble) {
    terminal.talk.warn(`${trouble.message}, so nothing starts the server yet`);
    terminal.talk.info(`${trouble.hint}, then run:`);
    for (const line of manager.enableCommands) terminal.talk.info(`  ${line}`);
    return;
  }
  const start = isEnabled ? "starts at each login" : "does not start at login";
  terminal.print(`  state  ${isActive ? "running" : "not running"}, ${start}`);
  if (advice !== undefined) terminal.talk.info(advice);
  if (manager.logCommand !== undefined) terminal.talk.info(`logs: ${manager.logCommand}`);
}

function startCommand({ manager }: OwnService): string {
  return manager.enableCommands.at(-1) ?? "";
}
