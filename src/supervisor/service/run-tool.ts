import { messageOf } from "../../base/errors.ts";
import { childEnvironment } from "../../base/process-environment.ts";

const ANSWER_MAX_MS = 60_000;

export interface ToolResult {
  readonly isGood: boolean;
  readonly output: string;
  /** What it complained about, on one line. */
  readonly complaint: string;
}

/** Runs a tool of the system, with messages in English, and never waits for ever. */
export async function runTool(
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ToolResult> {
  try {
    const child = Bun.spawn([...command], {
      env: childEnvironment(environment, { LC_ALL: "C", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" }),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: ANSWER_MAX_MS,
      killSignal: "SIGKILL",
    });
    const [output, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const isGood = (await child.exited) === 0;
    return { isGood, output, complaint: complaint.trim().replaceAll(/\s*\n\s*/g, "; ") };
  } catch (error) {
    return { isGood: false, output: "", complaint: messageOf(error) };
  }
}
