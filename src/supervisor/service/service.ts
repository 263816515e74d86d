import type { ServiceDefinition } from "./service-definition.ts";
import { readServiceFile, removeServiceFile, writeServiceFile } from "./service-file.ts";
import type { ServiceManager, ServiceState } from "./service-manager.ts";

export interface Installation {
  readonly file: string;
  readonly isChanged: boolean;
  readonly isEnabled: boolean;
  readonly isActive: boolean;
  /** Why the manager could not be asked, and what would help: the commands are then the person's to run. */
  readonly trouble: { message: string; hint: string } | undefined;
  readonly advice: string | undefined;
}

/**
 * Writes the manager's file and has the service started at each login. Doing it again changes nothing. `isLater`
 * leaves the start to the next login, for when a server that was started by hand is in the way.
 */
export async function installService(
  manager: ServiceManager,
  definition: ServiceDefinition,
  { isLater }: { isLater: boolean },
): Promise<Installation> {
  const { file } = manager;
  const isChanged = writeServiceFile(file, manager.render(definition));
  const trouble = await manager.trouble();
  if (trouble) {
    return { file, isChanged, isEnabled: false, isActive: false, trouble, advice: undefined };
  }
  if (isChanged) await manager.reload();
  await manager.enable({ isLater });
  const { isEnabled, isActive } = await manager.state();
  return { file, isChanged, isEnabled, isActive, trouble, advice: await manager.advice() };
}

/** Removes our file and nothing else; answers whether there was one. */
export async function uninstallService(manager: ServiceManager): Promise<boolean> {
  const { kind } = readServiceFile(manager.file);
  if (kind === "own") await manager.disable();
  const wasThere = removeServiceFile(manager.file);
  if (wasThere && !(await manager.trouble())) await manager.reload();
  return wasThere;
}

export interface ServiceReport extends ServiceState {
  readonly manager: ServiceManager["name"];
  readonly file: string;
  readonly isInstalled: boolean;
  /** What is wrong, a sentence each, with what mends it. */
  readonly problems: readonly string[];
}

export async function readService(
  manager: ServiceManager,
  definition: ServiceDefinition,
): Promise<ServiceReport> {
  const { name, file } = manager;
  const found = readServiceFile(file);
  if (found.kind === "missing") {
    return {
      manager: name,
      file,
      isInstalled: false,
      isEnabled: false,
      isActive: false,
      problems: [],
    };
  }
  const trouble = await manager.trouble();
  const state = trouble ? { isEnabled: false, isActive: false } : await manager.state();
  const problems = [
    ...(trouble ? [`${trouble.message}: ${trouble.hint}`] : []),
    ...(found.kind === "foreign" ? [`${file} was not written by stigmer`] : []),
    ...(found.kind === "own" && !isCurrent(found.content, manager, definition)
      ? ["its file is not what this stigmer would write: run `stigmer service install`"]
      : []),
  ];
  return { manager: name, file, isInstalled: found.kind === "own", ...state, problems };
}

/** The search path may differ: each terminal has its own. */
function isCurrent(
  content: string,
  manager: ServiceManager,
  definition: ServiceDefinition,
): boolean {
  const wanted = manager.render(definition).split("\n");
  const lines = new Set(content.split("\n"));
  return wanted.every((line) => lines.has(line) || line.includes(definition.searchPath));
}
