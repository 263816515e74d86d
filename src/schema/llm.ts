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

/** Asked in this order when no setting says more; the first whose API key is set is meant, else the fallback. */
const PROVIDER_ORDER: readonly Provider[] = ["anthropic", "openai"];
const PROVIDER_FALLBACK: Provider = "ollama";

/** Which setting or variable chose the provider; `nothing` where it is the one that needs neither. */
export type ProviderChoice =
  | { readonly by: "setting"; readonly key: "llm.provider" | "llm.baseUrl" }
  | { readonly by: "variable"; readonly name: string }
  | { readonly by: "nothing" };

/** The provider of agents that name none, and why: the settings', else that of their address, else one whose key is at hand. */
export function chooseProvider(
  settings: LlmSettings,
  environment: Readonly<Record<string, string | undefined>>,
): { provider: Provider; choice: ProviderChoice } {
  if (settings.provider) {
    return { provider: settings.provider, choice: { by: "setting", key: "llm.provider" } };
  }
  if (settings.baseUrl) {
    return { provider: "openai-compatible", choice: { by: "setting", key: "llm.baseUrl" } };
  }
  for (const provider of PROVIDER_ORDER) {
    const variable = providerFacts[provider].apiKeyVariable;
    if (variable !== undefined && environment[variable]) {
      return { provider, choice: { by: "variable", name: variable } };
    }
  }
  return { provider: PROVIDER_FALLBACK, choice: { by: "nothing" } };
}

/** What OLLAMA_HOST may hold (`host`, `host:port`, `:port`, a URL) as a URL; undefined when it is no address. */
export function ollamaAddress(host: string): string | undefined {
  const withScheme = /^https?:\/\//.test(host) ? host : `http://${host}`;
  const named = withScheme.replace(/^(https?:\/\/)(?=:)/, "$1127.0.0.1");
  if (!URL.canParse(named)) return undefined;
  const url = new URL(named);
  // Servers listen on 0.0.0.0; clients can't call it everywhere.
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  const hasPort = /:\d+(?:\/|$)/.test(named.replace(/^https?:\/\//, ""));
  if (!hasPort && url.protocol === "http:") url.port = "11434";
  return url.toString().replace(/\/+$/, "");
}

/** Every variable that the agent-runner may read to reach a model. */
export const LLM_ENVIRONMENT: readonly string[] = [
  ...Object.values(LLM_VARIABLES),
  ...Object.values(providerFacts).flatMap(({ apiKeyVariable, baseUrlVariable }) =>
    [apiKeyVariable, baseUrlVariable].filter((name) => name !== undefined),
  ),
];

/** A URL without the user and password that it may hold. What is no URL loses all that could be them. */
export function withoutCredentials(address: string): string {
  const isUrl = address.includes("://") && URL.canParse(address);
  return isUrl
    ? address.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#\\]*@/i, "$1")
    : address.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, "$1");
}

/** Whether an address is where the provider is when nobody says otherwise. */
export function isUsualAddress(provider: string, baseUrl: string): boolean {
  return Object.entries(providerFacts).some(
    ([name, facts]) => name === provider && facts.baseUrl === baseUrl,
  );
}
