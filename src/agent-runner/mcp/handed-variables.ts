import type { McpServerSpec } from "../../schema/kinds/agent.ts";
import type { Environment } from "../model/choice.ts";
import { mcpFailure } from "./failure.ts";

/** The variables of ours that a server is to have: looked up when it starts, so that no agent and no journal holds them. */
export function handedVariables(
  { name: server, fromEnvironment = [] }: McpServerSpec,
  environment: Environment,
): Record<string, string> {
  const handed: Record<string, string> = {};
  for (const name of fromEnvironment) {
    const value = environment[name];
    if (value) handed[name] = value;
  }
  const missing = fromEnvironment.filter((name) => !(name in handed));
  if (missing.length === 0) return handed;
  throw mcpFailure(
    `the MCP server "${server}" needs ${missing.join(" and ")} from the environment of the stigmer server, where it is not set: set it and restart the server, or take it out of spec.mcpServers[].fromEnvironment`,
  );
}
