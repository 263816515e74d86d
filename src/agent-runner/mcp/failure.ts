import { ActivityFailure } from "../../durable/errors.ts";

const TYPE = "https://stigmer.ai/errors/mcp";

/** An MCP server that can't be used: the agent can't start without its tools. */
export function mcpFailure(detail: string): ActivityFailure {
  return new ActivityFailure({ type: TYPE, status: 502, title: "MCP server failed", detail });
}
