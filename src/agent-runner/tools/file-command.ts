import { cutBytes } from "../cut-text.ts";
import { runInSandbox } from "../sandbox/run.ts";
import { toSandboxPath } from "../sandbox/workspace.ts";
import { type SandboxWorld, ToolRefusal } from "./tool.ts";

const FILE_COMMAND_MS = 30_000;
/** Room for what is said about the text. */
const NOTE_BYTES_MAX = 200;

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
    outputBytesMax: Math.max(0, world.limits.toolTextBytesMax - NOTE_BYTES_MAX),
    timeLimitMs: FILE_COMMAND_MS,
    signal: world.signal,
    ...(world.input === undefined ? {} : { input: world.input }),
  });
  const text = cutBytes(result.output, result.output.length);
  const cut = result.outputBytes - result.output.length;
  if (result.end === "exit code 0") return cut > 0 ? `${text}\n\n[cut: ${cut} more bytes]` : text;
  throw new ToolRefusal(`"${path}": ${text.trim() || result.end}`);
}
