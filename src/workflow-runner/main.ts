import { agentProgram } from "../agent/program.ts";
import { dieWithParent } from "../base/die-with-parent.ts";
import { explainDisk } from "../base/disk-error.ts";
import { StigmerError } from "../base/errors.ts";
import { createLog, type Log, logLevelOf } from "../base/log.ts";
import { CANNOT_START } from "../base/part-status.ts";
import { findHome, pathsOf } from "../base/paths.ts";
import { keepLoopbackDirect } from "../base/process-environment.ts";
import { untilStopAsked } from "../base/stop-signals.ts";
import { workflowProgram } from "../workflow/program.ts";
import { type RunningParts, startParts } from "./run-parts.ts";

/** The program `workflow-runner`: runs until it is told to stop, and answers the exit status. */
export async function runWorkflowRunner(args: string[]): Promise<number> {
  refuseArguments(args);
  dieWithParent();
  keepLoopbackDirect(process.env);
  const log = createLog(
    "workflow-runner",
    (line) => process.stderr.write(`${line}\n`),
    logLevelOf(process.env),
  );
  const stopAsked = untilStopAsked(["SIGTERM", "SIGINT"]);
  const parts = await startOrExplain(log);
  if (!parts) return CANNOT_START;
  log.info(`stopping on ${await stopAsked}`);
  await parts.stop();
  return 0;
}

/** Undefined when it can't start before somebody mends something: then it was said in the log. */
async function startOrExplain(log: Log): Promise<RunningParts | undefined> {
  const programs = { workflow: workflowProgram, agent: agentProgram };
  try {
    return await startParts(pathsOf(findHome(process.env)), programs, log);
  } catch (error) {
    const known = error instanceof StigmerError ? error : explainDisk(error);
    if (!known) throw error;
    log.error(`can't start: ${known.message}`, { hint: known.hint });
    return undefined;
  }
}

function refuseArguments([unknown]: string[]): void {
  if (unknown === undefined) return;
  throw new StigmerError("usage", `workflow-runner takes no arguments, but got "${unknown}"`, {
    hint: "it is told everything by STIGMER_HOME and config.yaml",
  });
}
