import { z } from "zod";

import { formatDurationMs } from "../../base/duration.ts";
import { cutBytes } from "../cut-text.ts";
import { runInSandbox } from "../sandbox/run.ts";
import prompt from "./shell.txt" with { type: "text" };
import { defineSandboxTool, ToolRefusal } from "./tool.ts";

/** Room for what is said about the output. */
const NOTE_BYTES_MAX = 200;

const Input = z.strictObject({ command: z.string().min(1).describe("For /bin/sh") });

export const shell = defineSandboxTool(prompt, Input, async ({ command }, world) => {
  const { shellMs, toolTextBytesMax } = world.limits;
  const result = await runInSandbox(world.box, {
    command: ["/bin/sh", "-c", command],
    workspace: world.workspace,
    outputBytesMax: Math.max(0, toolTextBytesMax - NOTE_BYTES_MAX),
    timeLimitMs: shellMs,
    signal: world.signal,
  });
  const cut = result.outputBytes - result.output.length;
  const output = cutBytes(result.output, result.output.length).trimEnd();
  const text = [output || "(no output)", ...(cut > 0 ? [`[cut: ${cut} more bytes]`] : [])].join(
    "\n\n",
  );
  if (result.isTimedOut) {
    throw new ToolRefusal(`${text}\n\n[killed after ${formatDurationMs(shellMs)}]`);
  }
  if (result.end !== "exit code 0") throw new ToolRefusal(`${text}\n\n[${result.end}]`);
  return text;
});
