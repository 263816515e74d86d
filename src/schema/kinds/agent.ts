import { z } from "zod";

import { resource } from "../resource.ts";

/** DNS label: lower-case letters, digits and hyphens, at most 63, a letter first. */
export const AgentName = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "expected lower-case letters, digits and hyphens");

export const Provider = z.enum(["anthropic", "openai", "openai-compatible", "ollama"]);
export type Provider = z.infer<typeof Provider>;

/** The model of one agent. What is left out comes from the server's settings. */
export const ModelSpec = z.strictObject({
  provider: Provider.optional(),
  name: z.string().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxOutputTokens: z.int().min(1).optional(),
});
export type ModelSpec = z.infer<typeof ModelSpec>;

/** A Model Context Protocol server that is started as a child process and spoken to over stdio. */
export const McpServerSpec = z.strictObject({
  name: AgentName,
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  /** Values for everyone to read: they are kept with the agent and in journals. */
  environment: z.record(z.string(), z.string()).default({}),
  /** Variables of the stigmer server itself to hand on when this one starts, such as keys; only their names are kept. */
  fromEnvironment: z
    .array(z.string().regex(/^[A-Za-z_]\w*$/, "expected the name of a variable"))
    .optional(),
  /** Names of the tools to offer; all of them when left out. */
  tools: z.array(z.string()).optional(),
});
export type McpServerSpec = z.infer<typeof McpServerSpec>;

/** Tools that stigmer brings itself. None is on unless the agent names it. */
export const BuiltinTool = z.enum(["read_file", "write_file", "list_files", "shell", "fetch_url"]);
export type BuiltinTool = z.infer<typeof BuiltinTool>;

export const AgentSpec = z.strictObject({
  description: z.string().max(1_024).default(""),
  instructions: z.string().min(1),
  model: ModelSpec.default({}),
  mcpServers: z.array(McpServerSpec).default([]),
  tools: z.array(BuiltinTool).default([]),
  limits: z
    .strictObject({
      /** Model steps in one run. */
      stepsMax: z.int().min(1).max(1_000).default(50),
      /** Input and output tokens of one run together. */
      tokensMax: z.int().min(1).optional(),
    })
    .default({ stepsMax: 50 }),
});
export type AgentSpec = z.infer<typeof AgentSpec>;

export const Agent = resource("Agent", AgentName, AgentSpec);
export type Agent = z.infer<typeof Agent>;
