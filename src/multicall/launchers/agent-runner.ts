import { agentRunner } from "../../../embed/agent-runner.ts";
import { target, version } from "../../base/build-info.ts";
import { findHome, pathsOf } from "../../base/paths.ts";
import { childEnvironment } from "../../base/process-environment.ts";
import { ensureRunner } from "../../release/ensure-runner.ts";
import { findRunner } from "../../release/find-runner.ts";
import { runnerCommand } from "../../release/runner-command.ts";
import { isCalledByName } from "../programs.ts";
import help from "./agent-runner-help.txt" with { type: "text" };
import { isHelpAsked, isVersionAsked } from "./tell-version.ts";

/**
 * Becomes the agent-runner: arguments, exit status and signals are its own, unchanged. Whoever calls it by its name
 * only to ask what it is gets an answer from here, and nothing is installed for it.
 */
export async function launchAgentRunner(args: string[]): Promise<number> {
  const paths = pathsOf(findHome(process.env));
  const build = { version, target, embedded: agentRunner };
  if (isVersionAsked(args) && isCalledByName(process.argv0)) {
    const found = findRunner(paths, build, { thorough: false });
    process.stdout.write(`agent-runner ${found?.version ?? version}\n`);
    return 0;
  }
  if (isHelpAsked(args)) {
    process.stdout.write(help);
    return 0;
  }
  const runner = await ensureRunner(paths, {
    build,
    onProgress: (message) => process.stderr.write(`${message}\n`),
  });
  const { command, environment } = runnerCommand(runner.path);
  const [executable = process.execPath] = command;
  if (!process.execve) throw new Error("unreachable: every supported system can replace a process");
  return process.execve(
    executable,
    [...command, ...args],
    childEnvironment(process.env, environment),
  );
}
