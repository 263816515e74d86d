import { z } from "zod";

import { Json } from "../base/json.ts";
import type { BuiltinTool } from "../schema/kinds/agent.ts";
import type { ToolDefinition, ToolValue } from "../schema/wire/agent-step.ts";
import type { Limits } from "./limits.ts";
import type { SandboxProbe } from "./sandbox/bubblewrap.ts";
import { fetchUrl } from "./tools/fetch-url.ts";
import { listFiles } from "./tools/list-files.ts";
import { readFile } from "./tools/read-file.ts";
import { shell } from "./tools/shell.ts";
import type { BuiltinDefinition } from "./tools/tool.ts";
import { writeFile } from "./tools/write-file.ts";

/** Every tool that stigmer brings, by the name that agents and models know it by. */
export const builtinTools: Record<BuiltinTool, BuiltinDefinition> = {
  read_file: readFile,
  write_file: writeFile,
  list_files: listFiles,
  shell,
  fetch_url: fetchUrl,
};

export interface ToolWorld {
  readonly home: string;
  readonly runId: string;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly sandbox: () => Promise<SandboxProbe>;
}

/** A built-in tool as the model is told of it. */
export function describeBuiltin(name: BuiltinTool): ToolDefinition {
  const { prompt, input } = builtinTools[name];
  return {
    name,
    description: prompt.trim(),
    inputSchema: Json.parse(z.toJSONSchema(input, { io: "input" })),
    source: { type: "builtin" },
  };
}

/** Runs a built-in tool. Arguments that do not fit are told to the model, who made them. */
export async function runBuiltin(
  name: BuiltinTool,
  given: unknown,
  world: ToolWorld,
): Promise<ToolValue> {
  return builtinTools[name].run(given, world);
}
