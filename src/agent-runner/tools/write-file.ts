import { z } from "zod";

import { requirePath, runFileCommand } from "./file-command.ts";
import { defineSandboxTool } from "./tool.ts";
import prompt from "./write-file.txt" with { type: "text" };

const CONTENT_CHARACTERS_MAX = 1_000_000;

const Input = z.strictObject({
  path: z.string().min(1).describe("Relative to the workspace"),
  content: z.string().max(CONTENT_CHARACTERS_MAX).describe("The whole text of the file"),
});

const SCRIPT = `mkdir -p -- "$(dirname -- "$1")" && cat > "$1"`;

export const writeFile = defineSandboxTool(prompt, Input, async ({ path, content }, world) => {
  await runFileCommand(SCRIPT, [requirePath(path)], path, { ...world, input: content });
  return `Wrote ${Buffer.byteLength(content)} bytes to ${path}.`;
});
