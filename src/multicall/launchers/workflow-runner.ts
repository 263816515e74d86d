/** The workflow-runner in the foreground, started by the server or by a person. */
export async function launchWorkflowRunner(args: string[]): Promise<number> {
  const { runWorkflowRunner } = await import("../../workflow-runner/main.ts");
  return runWorkflowRunner(args);
}
