import type { z } from "zod";

import { isJsonObject, Json, type JsonValue } from "../base/json.ts";
import { ActivityFailure } from "../durable/errors.ts";
import { BuiltinTool } from "../schema/kinds/agent.ts";
import { ModelInput, ToolInput, ToolsInput, type ToolValue } from "../schema/wire/agent-step.ts";
import type { Limits } from "./limits.ts";
import type { McpPool } from "./mcp/pool.ts";
import { runModelStep } from "./model.ts";
import type { Environment } from "./model/choice.ts";
import type { SandboxProbe } from "./sandbox/bubblewrap.ts";
import { describeBuiltin, runBuiltin } from "./tools.ts";

/** What all activities share: nothing of it is durable. */
export interface Runner {
  readonly home: string;
  readonly environment: Environment;
  readonly limits: Limits;
  readonly mcpPool: () => Promise<McpPool>;
  /** Told when the run was cancelled, or a step of it given up: what only this run has used is not kept for later. */
  readonly leave: (runId: string) => void;
  /** Asked on first need; the answer holds for the life of the process. */
  readonly sandbox: () => Promise<SandboxProbe>;
}

export interface ActivityCall {
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly progress: (data: JsonValue) => void;
}

type Activity = (input: JsonValue, call: ActivityCall, runner: Runner) => Promise<JsonValue>;

export const activities: ReadonlyMap<string, Activity> = new Map<string, Activity>([
  ["agent.tools", listTools],
  ["agent.model", runModel],
  ["agent.tool", runTool],
]);

async function listTools(input: JsonValue, call: ActivityCall, runner: Runner): Promise<JsonValue> {
  const { tools, mcpServers } = parse(ToolsInput, input);
  const builtins = tools.map(describeBuiltin);
  if (mcpServers.length === 0) return Json.parse({ tools: builtins });
  const [{ listMcpTools }, pool] = await Promise.all([
    import("./mcp/list-tools.ts"),
    runner.mcpPool(),
  ]);
  const offered = await listMcpTools(mcpServers, pool, call);
  return Json.parse({ tools: [...builtins, ...offered] });
}

async function runModel(input: JsonValue, call: ActivityCall, runner: Runner): Promise<JsonValue> {
  const { environment, limits } = runner;
  const { signal, progress } = call;
  const world = { environment, limits, signal, progress };
  return Json.parse(await runModelStep(parse(ModelInput, input), world));
}

async function runTool(input: JsonValue, call: ActivityCall, runner: Runner): Promise<JsonValue> {
  return Json.parse(await callTool(parse(ToolInput, input), call, runner));
}

async function callTool(
  { call: asked, tool, mcpServers }: ToolInput,
  activity: ActivityCall,
  runner: Runner,
): Promise<ToolValue> {
  const { runId, signal } = activity;
  const given = asked.arguments;
  if (!isJsonObject(given)) {
    const text = `The arguments of "${tool.name}" must be a JSON object, and these are not: ${JSON.stringify(given)}`;
    return { text, isError: true };
  }
  if (tool.source.type === "builtin") {
    const { home, limits, sandbox } = runner;
    return runBuiltin(parse(BuiltinTool, tool.name), given, {
      home,
      runId,
      limits,
      signal,
      sandbox,
    });
  }
  const { server, tool: name } = tool.source;
  const spec = mcpServers.find((candidate) => candidate.name === server);
  if (!spec) throw misunderstood(`no MCP server "${server}" came with the call`);
  const pool = await runner.mcpPool();
  return pool.use(spec, activity, (connection) => connection.callTool(name, given, signal));
}

function parse<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw misunderstood(
    parsed.error.issues.map(({ path, message }) => `/${path.join("/")}: ${message}`).join("; "),
  );
}

function misunderstood(why: string): ActivityFailure {
  return new ActivityFailure({
    type: "https://stigmer.ai/errors/agent-runner",
    status: 400,
    title: "Step not understood",
    detail: `the agent-runner does not understand this step (${why}); install the agent-runner of the same version`,
  });
}
