import type { ModelReport } from "../schema/api/server.ts";
import type { Provider } from "../schema/kinds/agent.ts";
import {
  chooseProvider,
  LLM_ENVIRONMENT,
  LLM_VARIABLES,
  providerFacts,
  withoutCredentials,
} from "../schema/llm.ts";
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
export function describeModel(settings: Settings, environment: Environment): ModelReport {
  const { provider, reason } = chooseProvider(settings.llm, environment);
  const facts = providerFacts[provider];
  const model = settings.llm.model ?? facts.model;
  const baseUrl =
    settings.llm.baseUrl ?? fromVariable(facts.baseUrlVariable, environment) ?? facts.baseUrl;
  const problem = findProblem(provider, settings, environment);
  return {
    provider,
    reason,
    ...(model === undefined ? {} : { model }),
    ...(baseUrl === undefined ? {} : { baseUrl: withoutCredentials(baseUrl) }),
    ...(problem === undefined ? {} : { problem }),
  };
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
