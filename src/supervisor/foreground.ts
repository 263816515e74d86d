import type { Paths } from "../base/paths.ts";
import { childEnvironment } from "../base/process-environment.ts";
import { selfCommand } from "./self-command.ts";

/**
 * Becomes the server in this very process: the same number, terminal and signals, as a service manager expects.
 * Does not return.
 */
export function becomeServer(
  paths: Paths,
  options: { args: readonly string[]; environment: Readonly<Record<string, string>> },
): never {
  const [executable = "", ...self] = selfCommand();
  const environment = childEnvironment(process.env, {
    STIGMER_HOME: paths.home,
    ...options.environment,
  });
  const command = [executable, ...self, "internal-server", "--foreground", ...options.args];
  if (!process.execve) throw new Error("unreachable: every supported system can replace a process");
  return process.execve(executable, command, environment);
}
