import { agentRunner } from "../../../embed/agent-runner.ts";
import { target, version } from "../../base/build-info.ts";
import { findHome, pathsOf } from "../../base/paths.ts";
import { childEnvironment } from "../../base/process-environment.ts";
import { ensureRunner } from "../../release/ensure-runner.ts";
import { runnerCommand } from "../../release/runner-command.ts";

/** Becomes the agent-runner: arguments, exit status and signals are its own, unchanged. */
export async function launchAgentRunner(args: string[]): Promise<number> {
  const runner = await ensureRunner(pathsOf(findHome(process.env)), {
    build: { version, target, embedded: agentRunner },
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
