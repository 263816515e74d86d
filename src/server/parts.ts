import { join } from "node:path";

import { target, version } from "../base/build-info.ts";
import { StigmerError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../base/paths.ts";
import { ensureRunner } from "../release/ensure-runner.ts";
import { runnerCommand } from "../release/runner-command.ts";
import type { RunnerFile } from "../release/runner-file.ts";
import { selfCommand } from "../supervisor/self-command.ts";
import type { PartSpec } from "../supervisor/supervise.ts";

export interface PartsOptions {
  readonly paths: Paths;
  readonly log: Log;
  readonly logLevel: string;
  /** What only the agent-runner may see: how to reach a model. */
  readonly llm: Readonly<Record<string, string>>;
  /** Told which agent-runner is started. */
  readonly onRunner: (runner: RunnerFile) => void;
}

export function workflowRunnerSocket(paths: Paths): string {
  return join(paths.sockets, "workflow-runner.sock");
}

/** The processes that the server keeps running. */
export function describeParts(options: PartsOptions): PartSpec[] {
  const { paths, logLevel, llm } = options;
  const shared = { STIGMER_HOME: paths.home, STIGMER_LOG_LEVEL: logLevel };
  const { environment: runtime } = runnerCommand(paths.runners);
  const runnerPath = createRunnerPath(options);
  return [
    {
      name: "workflow-runner",
      command: async () => [...selfCommand(), "internal-workflow-runner"],
      environment: shared,
      socket: workflowRunnerSocket(paths),
    },
    {
      name: "agent-runner",
      command: async () => runnerCommand(await runnerPath()).command,
      environment: { ...shared, ...llm, ...runtime },
      socket: join(paths.sockets, "agent-runner.sock"),
    },
  ];
}

/**
 * Asked before each start: a runner that was damaged or deleted in between is put back. The server hashes the file
 * when it starts itself; when its part starts again, it believes the file's stamp.
 */
function createRunnerPath({ paths, log, onRunner }: PartsOptions): () => Promise<string> {
  let thorough = true;
  return async () => {
    const { agentRunner: embedded } = await import("../../embed/agent-runner.ts");
    try {
      const runner = await ensureRunner(paths, {
        build: { version, target, embedded },
        thorough,
        becomesCurrent: thorough,
        onProgress: (message) => log.info(message),
      });
      thorough = false;
      onRunner(runner);
      return runner.path;
    } catch (error) {
      throw withReasons(error);
    }
  };
}

/** Whoever waits for the part is shown one sentence, so that the reasons must be in it. */
function withReasons(error: unknown): unknown {
  if (!(error instanceof StigmerError) || error.issues.length === 0) return error;
  const reasons = error.issues.map(({ message }) => ` (${message})`);
  const { code, message, hint } = error;
  return new StigmerError(code, message + reasons.join(""), { hint, cause: error });
}
