import { existsSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";

import { StigmerError } from "../../base/errors.ts";
import { runTool } from "./run-tool.ts";
import type { ServiceManager, ServiceState } from "./service-manager.ts";
import { renderUnit } from "./systemd-unit.ts";

const UNIT = "stigmer.service";

type Environment = Readonly<Record<string, string | undefined>>;

export function systemd(folder: string, environment: Environment): ServiceManager {
  const file = join(folder, "systemd", "user", UNIT);
  const systemctl = (...words: string[]) => runTool(["systemctl", "--user", ...words], environment);
  const must = async (...words: string[]): Promise<void> => {
    const { isGood, complaint } = await systemctl(...words);
    if (isGood) return;
    throw new StigmerError("failed", `systemctl --user ${words.join(" ")}: ${complaint}`, {
      hint: "see `systemctl --user status stigmer` and `journalctl --user -u stigmer`",
    });
  };
  return {
    name: "systemd",
    file,
    render: renderUnit,
    trouble: async () => {
      const { isGood, complaint } = await systemctl("show-environment");
      return isGood ? undefined : explainSilence(complaint, environment);
    },
    state: async () =>
      parseState(
        (await systemctl("show", UNIT, "--property=ActiveState,UnitFileState,MainPID")).output,
      ),
    enable: ({ isLater }) => must("enable", ...(isLater ? [] : ["--now"]), UNIT),
    disable: async () => {
      const { isGood } = await systemctl("disable", "--now", UNIT);
      // Without a session nobody could be asked; what `enable` had made is one link.
      if (!isGood) rmSync(join(dirname(file), "default.target.wants", UNIT), { force: true });
    },
    reload: async () => {
      await must("daemon-reload");
      if (existsSync(file)) await must("try-restart", UNIT);
    },
    enableCommands: ["systemctl --user daemon-reload", `systemctl --user enable --now ${UNIT}`],
    logCommand: `journalctl --user -u ${UNIT} -f`,
    advice: () => adviseLinger(environment),
  };
}

/** `Key=value` lines, in any order; a unit that is not known answers `inactive`. */
function parseState(output: string): ServiceState {
  const values = new Map(output.split("\n").map((line) => splitAt(line, line.indexOf("="))));
  const pid = Number(values.get("MainPID") ?? 0);
  return {
    isEnabled: values.get("UnitFileState")?.startsWith("enabled") ?? false,
    isActive: ["active", "activating", "reloading"].includes(values.get("ActiveState") ?? ""),
    ...(pid > 0 ? { pid } : {}),
  };
}

function splitAt(line: string, index: number): [string, string] {
  return [line.slice(0, index), line.slice(index + 1).trim()];
}

function explainSilence(
  complaint: string,
  environment: Environment,
): { message: string; hint: string } {
  const message = `systemd does not answer in this session (${complaint})`;
  if (environment["XDG_RUNTIME_DIR"]) return { message, hint: "log in as this user" };
  return {
    message,
    hint: "XDG_RUNTIME_DIR is not set, as after su or in a container: log in as this user",
  };
}

/** Services of a user end with the last session unless the system is told to let them linger. */
async function adviseLinger(environment: Environment): Promise<string | undefined> {
  const { username } = userInfo();
  const words = ["loginctl", "show-user", username, "--property=Linger", "--value"];
  const { isGood, output } = await runTool(words, environment);
  if (isGood && output.trim() === "yes") return undefined;
  return `it ends when you log out; to keep it running: loginctl enable-linger ${username}`;
}
