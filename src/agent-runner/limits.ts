import { parseDurationMs } from "../base/duration.ts";
import { StigmerError } from "../base/errors.ts";

/** What may hang or grow, each with its bound. */
export interface Limits {
  /** From sending a model request to the first byte of its answer. */
  readonly modelFirstByteMs: number;
  /** Between two pieces of a model's answer. */
  readonly modelStallMs: number;
  /** A first start may have to download its program, as `npx` does. */
  readonly mcpStartMs: number;
  /** A start that takes longer is told to whoever watches. */
  readonly mcpStartSilentMs: number;
  readonly mcpCallMs: number;
  /** After the last call an MCP server is stopped. */
  readonly mcpIdleMs: number;
  readonly mcpMessageBytesMax: number;
  /** What an MCP server may send between two requests to it: progress and logs are few. */
  readonly mcpFloodBytesMax: number;
  readonly mcpFloodMessagesMax: number;
  readonly toolTextBytesMax: number;
  readonly shellMs: number;
  /** Of one sandbox, or of all its user's where the kernel is older than 5.14. */
  readonly sandboxProcessesMax: number;
  /** Of each process. */
  readonly sandboxMemoryBytesMax: number;
  readonly sandboxFileBytesMax: number;
  /** A run's files that no tool has used for this long are removed at the next start. */
  readonly workspaceUnusedMs: number;
  readonly fetchMs: number;
  readonly fetchBytesMax: number;
  readonly heartbeatMs: number;
}

export const defaultLimits: Limits = {
  modelFirstByteMs: 120_000,
  modelStallMs: 60_000,
  mcpStartMs: 120_000,
  mcpStartSilentMs: 1_000,
  mcpCallMs: 120_000,
  mcpIdleMs: 300_000,
  mcpMessageBytesMax: 10_000_000,
  mcpFloodBytesMax: 64_000_000,
  mcpFloodMessagesMax: 100_000,
  toolTextBytesMax: 100_000,
  shellMs: 120_000,
  sandboxProcessesMax: 1_024,
  sandboxMemoryBytesMax: 4 * 1_024 ** 3,
  sandboxFileBytesMax: 1_024 ** 3,
  workspaceUnusedMs: 7 * 24 * 3_600_000,
  fetchMs: 30_000,
  fetchBytesMax: 2_000_000,
  heartbeatMs: 10_000,
};

/** Limits that a slow model or tool may need to be longer, each an ISO 8601 duration in a variable. */
export const LIMIT_VARIABLES = {
  modelFirstByteMs: "STIGMER_LLM_FIRST_BYTE_TIMEOUT",
  modelStallMs: "STIGMER_LLM_STALL_TIMEOUT",
  mcpStartMs: "STIGMER_MCP_START_TIMEOUT",
  mcpCallMs: "STIGMER_MCP_CALL_TIMEOUT",
} as const satisfies Partial<Record<keyof Limits, string>>;

export function readLimits(environment: Record<string, string | undefined>): Limits {
  const read = (name: keyof typeof LIMIT_VARIABLES) => {
    const variable = LIMIT_VARIABLES[name];
    const text = environment[variable];
    return text ? parseLimit(variable, text) : defaultLimits[name];
  };
  return {
    ...defaultLimits,
    modelFirstByteMs: read("modelFirstByteMs"),
    modelStallMs: read("modelStallMs"),
    mcpStartMs: read("mcpStartMs"),
    mcpCallMs: read("mcpCallMs"),
  };
}

function parseLimit(variable: string, text: string): number {
  try {
    return parseDurationMs(text);
  } catch (cause) {
    throw new StigmerError("usage", `${variable} is "${text}", which is not an ISO 8601 duration`, {
      hint: `set it like ${variable}=PT5M`,
      cause,
    });
  }
}
