import { z } from "zod";

import { Provider } from "./kinds/agent.ts";

/** Which model answers when an agent names none: what the server's settings say. */
export const LlmSettings = z.strictObject({
  provider: Provider.optional(),
  model: z.string().min(1).optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  apiKey: z.string().min(1).optional(),
});
export type LlmSettings = z.infer<typeof LlmSettings>;

/** The variables by which the settings reach the agent-runner; a person may set them too. */
export const LLM_VARIABLES = {
  provider: "STIGMER_LLM_PROVIDER",
  model: "STIGMER_LLM_MODEL",
  baseUrl: "STIGMER_LLM_BASE_URL",
  apiKey: "STIGMER_LLM_API_KEY",
} as const satisfies Record<keyof LlmSettings, string>;

interface ProviderFacts {
  /** The provider's own variables, which its other tools read as well. */
  readonly apiKeyVariable?: string;
  readonly baseUrlVariable?: string;
  /** Where it is when nobody says; absent where only the user can know. */
  readonly baseUrl?: string;
  /** The model when nobody names one; absent where only the user can know. */
  readonly model?: string;
  readonly needsApiKey: boolean;
}

export const providerFacts: Record<Provider, ProviderFacts> = {
  anthropic: {
    apiKeyVariable: "ANTHROPIC_API_KEY",
    baseUrlVariable: "ANTHROPIC_BASE_URL",
    baseUrl: "https://api.anthropic.com/v1",
    model: "claude-sonnet-5-5",
    needsApiKey: true,
  },
  openai: {
    apiKeyVariable: "OPENAI_API_KEY",
    baseUrlVariable: "OPENAI_BASE_URL",
    baseUrl: "https://api.openai.com/v1",
    model: "gpt-5.5",
    needsApiKey: true,
  },
  "openai-compatible": { needsApiKey: false },
  ollama: {
    baseUrlVariable: "OLLAMA_HOST",
    baseUrl: "http://127.0.0.1:11434",
    model: "qwen3:8b",
    needsApiKey: false,
  },
};

/** Asked in this order when no setting names a provider; the first whose API key is set is meant, else ollama. */
export const PROVIDER_ORDER: readonly Provider[] = ["anthropic", "openai"];
export const PROVIDER_FALLBACK: Provider = "ollama";

/** Every variable that the agent-runner may read to reach a model. */
export const LLM_ENVIRONMENT: readonly string[] = [
  ...Object.values(LLM_VARIABLES),
  ...Object.values(providerFacts).flatMap(({ apiKeyVariable, baseUrlVariable }) =>
    [apiKeyVariable, baseUrlVariable].filter((name) => name !== undefined),
  ),
];
