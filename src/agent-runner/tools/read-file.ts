import { z } from "zod";

import { requirePath, runFileCommand } from "./file-command.ts";
import prompt from "./read-file.txt" with { type: "text" };
import { defineSandboxTool } from "./tool.ts";

const LINES_MAX = 2_000;

const Input = z.strictObject({
  path: z.string().min(1).describe("Relative to the workspace"),
  offset: z.int().min(1).default(1).describe("The first line, from 1"),
  limit: z.int().min(1).max(LINES_MAX).default(LINES_MAX).describe("How many lines"),
});

/** Prints the lines asked for, and after them how many lines the file has. */
const SCRIPT = `[ -f "$1" ] || { echo "there is no such file" >&2; exit 1; }
awk -v first="$2" -v last="$3" 'NR >= first && NR <= last { print } END { if (NR > last || first > 1) printf "[lines %d to %d of %d]\\n", first, (NR < last ? NR : last), NR }' < "$1"`;

export const readFile = defineSandboxTool(prompt, Input, async ({ path, offset, limit }, world) => {
  const target = requirePath(path);
  const range = [String(offset), String(offset + limit - 1)];
  const text = await runFileCommand(SCRIPT, [target, ...range], path, world);
  return text === "" ? "The file is empty." : text;
});
