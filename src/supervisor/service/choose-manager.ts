import { join } from "node:path";

import { StigmerError } from "../../base/errors.ts";
import type { Paths } from "../../base/paths.ts";
import { launchd } from "./launchd.ts";
import type { ServiceManager } from "./service-manager.ts";
import { systemd } from "./systemd.ts";

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly uid: number;
  readonly userHome: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What keeps programs alive on this machine; there may be nothing. */
export function findManager(machine: Machine, paths: Paths): ServiceManager | undefined {
  const { platform, uid, userHome, environment } = machine;
  const searchPath = { PATH: environment["PATH"] ?? "" };
  if (platform === "darwin") {
    return launchd(userHome, { uid, logFile: join(paths.logs, "server.log"), environment });
  }
  if (platform === "linux" && Bun.which("systemctl", searchPath)) {
    return systemd(configFolder(machine), environment);
  }
  return undefined;
}

/** For who wants to install a service or to look after it. */
export function chooseManager(machine: Machine, paths: Paths): ServiceManager {
  const manager = findManager(machine, paths);
  if (manager) return manager;
  throw new StigmerError("failed", "there is no systemd on this system to install a service in", {
    hint: "in a container make `stigmer-server` its command; elsewhere have it started by what starts other programs",
  });
}

/** A relative XDG_CONFIG_HOME is to be ignored, says its specification. */
function configFolder({ environment, userHome }: Machine): string {
  const chosen = environment["XDG_CONFIG_HOME"];
  return chosen?.startsWith("/") ? chosen : join(userHome, ".config");
}
