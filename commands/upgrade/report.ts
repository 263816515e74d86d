import type { UpgradeCheck, UpgradeOutcome } from "../../src/release/upgrade/upgrade.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import type { RestartedServer } from "./restart-server.ts";

export function reportCheck(check: UpgradeCheck, terminal: Terminal): void {
  if (terminal.isJson) return terminal.printJson(check);
  const { current, newest, notes, command } = check;
  if (!check.isNewer) {
    const than = newest === current ? "" : `; the release asked for is ${newest}`;
    return terminal.print(`stigmer ${current} is up to date${than}`);
  }
  terminal.print(`stigmer ${newest} is there; this is ${current}`);
  terminal.print(`  news     ${notes}`);
  if (command !== undefined) terminal.print(`  upgrade  ${command}`);
}

export function reportOutcome(
  outcome: UpgradeOutcome,
  server: RestartedServer | undefined,
  terminal: Terminal,
): void {
  const { isChanged, from, to, path } = outcome;
  if (terminal.isJson) {
    terminal.printJson({ changed: isChanged, from, to, path, server: server ?? null });
    return;
  }
  if (!isChanged) {
    terminal.print(
      from === to ? `stigmer ${to} is already installed` : `stigmer ${to} was installed meanwhile`,
    );
    return;
  }
  terminal.print(`stigmer ${from} became ${terminal.style.bold(to)}`);
  terminal.print(`  file    ${path}`);
  if (server) terminal.print(`  server  restarted with ${server.version} at ${server.url}`);
  terminal.print("  undo    stigmer upgrade --rollback");
}
