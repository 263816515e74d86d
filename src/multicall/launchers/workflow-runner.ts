import { isHelpAsked, isVersionAsked, tellVersion } from "./tell-version.ts";
import help from "./workflow-runner-help.txt" with { type: "text" };

/** The workflow-runner in the foreground, started by the server or by a person. */
export async function launchWorkflowRunner(args: string[]): Promise<number> {
  if (isVersionAsked(args)) return tellVersion("stigmer-workflow-runner");
  if (isHelpAsked(args)) {
    process.stdout.write(help);
    return 0;
  }
  const { runWorkflowRunner } = await import("../../workflow-runner/main.ts");
  return runWorkflowRunner(args);
}
