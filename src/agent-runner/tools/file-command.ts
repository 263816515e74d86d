import { cutBytes } from "../cut-text.ts";
import { runInSandbox } from "../sandbox/run.ts";
import { toSandboxPath } from "../sandbox/workspace.ts";
import { type SandboxWorld, ToolRefusal } from "./tool.ts";

const FILE_COMMAND_MS = 30_000;

/** The path as the sandbox sees it. */
export function requirePath(path: string): string {
  const inside = toSandboxPath(path);
  if (inside) return inside;
  throw new ToolRefusal(
    `"${path}" is outside the workspace; write paths relative to the workspace.`,
  );
}

/** Runs a small script on one file. The sandbox sees nothing of the machine, so a link can lead nowhere. */
export async function runFileCommand(
  script: string,
  given: readonly string[],
  path: string,
  world: SandboxWorld & { readonly input?: string },
): Promise<string> {
  const result = await runInSandbox(world.box, {
    command: ["/bin/sh", "-c", script, "sh", ...given],
    workspace: world.workspace,
    outputBytesMax: world.limits.toolTextBytesMax + 1,
    timeLimitMs: FILE_COMMAND_MS,
    signal: world.signal,
    ...(world.input === undefined ? {} : { input: world.input }),
  });
  const text = cutBytes(result.output, result.output.length);
  if (result.end === "exit code 0") return text;
  throw new ToolRefusal(`"${path}": ${text.trim() || result.end}`);
}
