import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { StigmerError } from "../../base/errors.ts";
import { LABEL, renderAgent } from "./launchd-agent.ts";
import { runTool } from "./run-tool.ts";
import type { ServiceManager, ServiceState } from "./service-manager.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export function launchd(
  userHome: string,
  options: { uid: number; logFile: string; environment: Environment },
): ServiceManager {
  const { uid, logFile, environment } = options;
  const file = join(userHome, "Library", "LaunchAgents", `${LABEL}.plist`);
  const domain = `gui/${uid}`;
  const service = `${domain}/${LABEL}`;
  const launchctl = (...words: string[]) => runTool(["launchctl", ...words], environment);
  const isLoaded = async (): Promise<boolean> => (await launchctl("print", service)).isGood;
  const load = async (): Promise<void> => {
    // launchd opens the log before the server could make its folder.
    mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
    const { isGood, complaint } = await launchctl("bootstrap", domain, file);
    if (isGood) return;
    throw new StigmerError("failed", `launchctl bootstrap ${domain} ${file}: ${complaint}`, {
      hint: `see \`launchctl print ${service}\``,
    });
  };
  return {
    name: "launchd",
    file,
    render: renderAgent,
    trouble: async () => {
      const { isGood, complaint } = await launchctl("print", domain);
      const hint = "log in at the screen of this computer";
      return isGood ? undefined : { message: `launchd does not answer (${complaint})`, hint };
    },
    state: async () => parseState((await launchctl("print", service)).output, existsSync(file)),
    enable: async ({ isLater }) => {
      await launchctl("enable", service);
      // An agent that lies there is loaded at the next login anyway.
      if (!isLater && !(await isLoaded())) await load();
    },
    disable: async () => {
      if (await isLoaded()) await launchctl("bootout", service);
    },
    reload: async () => {
      // A loaded agent keeps the file that it was loaded from.
      if (!(await isLoaded())) return;
      await launchctl("bootout", service);
      if (existsSync(file)) await load();
    },
    enableCommands: [`launchctl bootstrap ${domain} "${file}"`],
    logCommand: undefined,
    advice: async () => undefined,
  };
}

function parseState(output: string, isThere: boolean): ServiceState {
  const pid = Number(/^\s*pid = (\d+)$/m.exec(output)?.[1] ?? 0);
  return { isEnabled: isThere, isActive: pid > 0, ...(pid > 0 ? { pid } : {}) };
}
