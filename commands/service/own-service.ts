import { homedir } from "node:os";

import { chooseManager } from "../../src/supervisor/service/choose-manager.ts";
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
  const { env, platform } = process;
  const uid = process.getuid?.() ?? 0;
  const userHome = env["HOME"] || homedir();
  return {
    manager: chooseManager({ platform, uid, userHome, environment: env }, paths),
    definition: defineService(paths, stableServerCommand(process.argv0, env), env),
  };
}
