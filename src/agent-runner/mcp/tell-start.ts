import type { McpProgress } from "../../schema/wire/agent-step.ts";
import type { Limits } from "../limits.ts";

/** How much longer than the first silence the next ones are. */
const REPEAT_FACTOR = 10;

/** Tells that a server is starting until what it answers is called; a quick start goes without a word. */
export function tellStart(
  server: string,
  tell: (progress: McpProgress) => void,
  { mcpStartMs: limitMs, mcpStartSilentMs }: Pick<Limits, "mcpStartMs" | "mcpStartSilentMs">,
): () => void {
  const startedMs = performance.now();
  const tellAgain = (): void => {
    const elapsedMs = Math.round(performance.now() - startedMs);
    tell({ type: "mcp-starting", server, elapsedMs, limitMs });
    timer = setTimeout(tellAgain, mcpStartSilentMs * REPEAT_FACTOR);
  };
  let timer = setTimeout(tellAgain, mcpStartSilentMs);
  return () => clearTimeout(timer);
}
