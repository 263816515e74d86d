import { Json } from "../../base/json.ts";
import { suggest } from "../../base/suggest.ts";
import type { McpServerSpec } from "../../schema/kinds/agent.ts";
import type { ToolDefinition } from "../../schema/wire/agent-step.ts";
import { mcpFailure } from "./failure.ts";
import type { Borrower, McpPool } from "./pool.ts";
import { nameTools } from "./tool-names.ts";

/** The tools of all the servers of an agent, in the order of the servers. */
export async function listMcpTools(
  specs: readonly McpServerSpec[],
  pool: McpPool,
  borrower: Borrower,
): Promise<ToolDefinition[]> {
  const lists = await Promise.all(
    specs.map(async (spec) => {
      const { signal } = borrower;
      const offered = await pool.use(spec, borrower, (connection) => connection.listTools(signal));
      const wanted = spec.tools ?? offered.map(({ name }) => name);
      requireOffered(spec.name, wanted, new Set(offered.map(({ name }) => name)));
      return offered
        .filter(({ name }) => wanted.includes(name))
        .map((tool) => ({ server: spec.name, tool: tool.name, definition: tool }));
    }),
  );
  const found = lists.flat();
  const names = nameTools(found);
  return found.map(({ server, tool, definition }, index) => ({
    name: names[index] ?? tool,
    description: definition.description ?? definition.title ?? tool,
    inputSchema: Json.parse(definition.inputSchema),
    source: { type: "mcp", server, tool },
  }));
}

function requireOffered(server: string, wanted: readonly string[], offered: Set<string>): void {
  const missing = wanted.filter((name) => !offered.has(name));
  const [first] = missing;
  if (first === undefined) return;
  const meant = suggest(first, offered);
  const quoted = missing.map((name) => `"${name}"`).join(", ");
  throw mcpFailure(
    `the MCP server "${server}" has no tool ${quoted}${meant ? ` (did you mean "${meant}"?)` : ""}; it has ${[...offered].join(", ")}`,
  );
}
