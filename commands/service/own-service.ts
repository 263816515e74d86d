import { homedir } from "node:os";

import {
  chooseManager,
  findManager,
  type Machine,
} from "../../src/supervisor/service/choose-manager.ts";
import {
  defineService,
  type ServiceDefinition,
} from "../../src/supervisor/service/service-definition.ts";
import type { ServiceManager } from "../../src/supervisor/service/service-manager.ts";
import { stableServerCommand } from "../../src/supervisor/service/stable-command.ts";
import { homePaths } from "../home.ts";

export interface OwnService {
  readonly manager: ServiceManager;
  readonly definition: ServiceDefinition;
}

/** The service of this user on this machine, for the home that this command line means. */
export function ownService(): OwnService {
  const paths = homePaths();
  const { env } = process;
  return {
    manager: chooseManager(thisMachine(), paths),
    definition: defineService(paths, stableServerCommand(process.argv0, env), env),
  };
}

/** What would keep that service; a container has nothing that could. */
export function ownManager(): ServiceManager | undefined {
  return findManager(thisMachine(), homePaths());
}

function thisMachine(): Machine {
  const { env, platform } = process;
  const uid = process.getuid?.() ?? 0;
  return { platform, uid, userHome: env["HOME"] || homedir(), environment: env };
}
