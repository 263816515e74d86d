import { z } from "zod";

import { requirePath, runFileCommand } from "./file-command.ts";
import prompt from "./list-files.txt" with { type: "text" };
import { defineSandboxTool } from "./tool.ts";

const ENTRIES_MAX = 2_000;

const Input = z.strictObject({
  path: z.string().min(1).default(".").describe("A folder, relative to the workspace"),
  depth: z.int().min(1).max(20).default(3).describe("How many levels of folders"),
});

const SCRIPT = `[ -d "$1" ] || { echo "there is no such folder" >&2; exit 1; }
cd -- "$1" && find . -mindepth 1 -maxdepth "$2" \\( -type d -printf '%P/\\n' -o -printf '%P\\n' \\) | sort | head -n "$3"`;

export const listFiles = defineSandboxTool(prompt, Input, async ({ path, depth }, world) => {
  const target = requirePath(path);
  const wanted = [String(depth), String(ENTRIES_MAX + 1)];
  const text = await runFileCommand(SCRIPT, [target, ...wanted], path, world);
  const lines = text.split("\n").filter(Boolean);
  if (lines.length === 0) return "The folder is empty.";
  if (lines.length <= ENTRIES_MAX) return lines.join("\n");
  return [...lines.slice(0, ENTRIES_MAX), `[only the first ${ENTRIES_MAX} entries]`].join("\n");
});
