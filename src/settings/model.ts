import type { ModelReport } from "../schema/api/server.ts";
import type { Provider } from "../schema/kinds/agent.ts";
import {
  chooseProvider,
  LLM_ENVIRONMENT,
  LLM_VARIABLES,
  ollamaAddress,
  type ProviderChoice,
  providerFacts,
  withoutCredentials,
} from "../schema/llm.ts";
import type { LoadedSettings } from "./read-settings.ts";
import type { Settings } from "./settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the agent-runner gets to see of settings and environment in order to reach a model; nothing else does. */
export function llmEnvironment(
  settings: Settings,
  environment: Environment,
): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const name of LLM_ENVIRONMENT) {
    const value = environment[name];
    if (value) chosen[name] = value;
  }
  const { provider, model, baseUrl, apiKey } = settings.llm;
  for (const [key, value] of Object.entries({ provider, model, baseUrl, apiKey })) {
    const variable = Object.entries(LLM_VARIABLES).find(([name]) => name === key)?.[1];
    if (variable !== undefined && value !== undefined) chosen[variable] = value;
  }
  return chosen;
}

/** The model that agents get when they name none, and why; or what is missing, as one sentence with the ways out. */
export function describeModel(
  { settings, entries }: LoadedSettings,
  environment: Environment,
): ModelReport {
  const { provider, choice } = chooseProvider(settings.llm, environment);
  const facts = providerFacts[provider];
  const model = settings.llm.model ?? facts.model;
  const baseUrl = settings.llm.baseUrl ?? usualAddress(provider, environment);
  const problem = findProblem(provider, settings, environment);
  return {
    provider,
    reason: reasonOf(choice, entries),
    ...(model === undefined ? {} : { model }),
    ...(baseUrl === undefined ? {} : { baseUrl: withoutCredentials(baseUrl) }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What `reason` says when nobody has chosen. */
export const NO_CHOICE = "no provider is set and no API key is there";

/** The flag, variable or file that chose, as `config list` names it. */
function reasonOf(choice: ProviderChoice, entries: LoadedSettings["entries"]): string {
  switch (choice.by) {
    case "setting": {
      const origin = entries.find(({ key }) => key === choice.key)?.from;
      return `chosen by ${origin ?? `the setting ${choice.key}`}`;
    }
    case "variable":
      return `${choice.name} is set`;
    case "nothing":
      return NO_CHOICE;
    default:
      return choice satisfies never;
  }
}

function usualAddress(provider: Provider, environment: Environment): string | undefined {
  const { baseUrlVariable, baseUrl } = providerFacts[provider];
  const given = fromVariable(baseUrlVariable, environment);
  if (given === undefined) return baseUrl;
  return provider === "ollama" ? (ollamaAddress(given) ?? given) : given;
}

function findProblem(
  provider: Provider,
  settings: Settings,
  environment: Environment,
): string | undefined {
  const facts = providerFacts[provider];
  const hasKey = settings.llm.apiKey ?? fromVariable(facts.apiKeyVariable, environment);
  if (facts.needsApiKey && hasKey === undefined) {
    return `${provider} needs an API key: set ${facts.apiKeyVariable}, or run \`stigmer config set llm.apiKey <key>\``;
  }
  if (facts.baseUrl === undefined && settings.llm.baseUrl === undefined) {
    return `${provider} needs to know where it is: set ${LLM_VARIABLES.baseUrl}, or run \`stigmer config set llm.baseUrl <url>\``;
  }
  if (facts.model === undefined && settings.llm.model === undefined) {
    return `${provider} needs a model: set ${LLM_VARIABLES.model}, or run \`stigmer config set llm.model <name>\``;
  }
  return undefined;
}

function fromVariable(name: string | undefined, environment: Environment): string | undefined {
  return name === undefined ? undefined : environment[name] || undefined;
}
