import type { ModelSpec, Provider } from "../../schema/kinds/agent.ts";
import {
  chooseProvider,
  LLM_VARIABLES,
  LlmSettings,
  ollamaAddress,
  providerFacts,
  withoutCredentials,
} from "../../schema/llm.ts";
import { credentialsOf } from "./credentials.ts";
import { modelFailure } from "./failure.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The model of one step, with everything that is needed to reach it. */
export interface ModelChoice {
  readonly provider: Provider;
  readonly name: string;
  /** Without user and password: it is named in messages. */
  readonly baseUrl: string;
  /** What its user and password come to, for where no API key is sent in its place. */
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  readonly temperature: number | undefined;
  readonly maxOutputTokens: number | undefined;
  /** Where the provider is pinned, such as `agent/librarian`; undefined where the settings choose it. */
  readonly pinnedBy: string | undefined;
}

/** The agent's own choice, else the settings, else the provider whose key is at hand, else ollama. */
export function chooseModel(
  spec: ModelSpec,
  environment: Environment,
  agent?: string,
): ModelChoice {
  const settings = readSettings(environment);
  const usual = chooseProvider(settings, environment).provider;
  const provider = spec.provider ?? usual;
  // Model, address and key of the settings are for their provider; another one must never see that key.
  const own = provider === usual ? settings : {};
  const name = spec.name ?? own.model ?? defaultName(provider);
  const address = chooseAddress(provider, own.baseUrl, environment);
  const pinnedBy = spec.provider && (agent === undefined ? "the agent" : `agent/${agent}`);
  return {
    provider,
    name,
    baseUrl: toBaseUrl(provider, withoutCredentials(address)),
    authorization: credentialsOf(address)?.authorization,
    apiKey: chooseApiKey({ provider, pinnedBy }, own.apiKey, environment),
    temperature: spec.temperature,
    maxOutputTokens: spec.maxOutputTokens,
    pinnedBy,
  };
}

/** `provider/name`, as results and messages name the model. */
export function modelLabel({ provider, name }: ModelChoice): string {
  return `${provider}/${name}`;
}

/** How to get another model: no setting outdoes what an agent pins. */
export function wayToAnother(
  { pinnedBy }: Pick<ModelChoice, "pinnedBy">,
  bySettings: string,
): string {
  return pinnedBy === undefined ? bySettings : `change model in ${pinnedBy}`;
}

function readSettings(environment: Environment): LlmSettings {
  const given = Object.entries(LLM_VARIABLES)
    .map(([setting, variable]) => [setting, environment[variable]])
    .filter(([, value]) => value);
  const settings = LlmSettings.safeParse(Object.fromEntries(given));
  if (settings.success) return settings.data;
  const wrong = Object.entries(LLM_VARIABLES)
    .filter(([setting]) => settings.error.issues.some(({ path }) => path[0] === setting))
    .map(([setting, variable]) =>
      setting === "apiKey"
        ? variable
        : `${variable}="${withoutCredentials(environment[variable] ?? "")}"`,
    );
  throw modelFailure(
    400,
    `${wrong.join(" and ")} can't be used: the provider is one of ${Object.keys(providerFacts).join(", ")} and the address an http or https URL`,
  );
}

function defaultName(provider: Provider): string {
  const { model } = providerFacts[provider];
  if (model) return model;
  throw modelFailure(
    400,
    `no model is named for ${provider}: set spec.model.name in the agent, or ${LLM_VARIABLES.model} for the server`,
  );
}

function chooseAddress(
  provider: Provider,
  fromSettings: string | undefined,
  environment: Environment,
): string {
  const { baseUrlVariable, baseUrl } = providerFacts[provider];
  const own = baseUrlVariable ? environment[baseUrlVariable] : undefined;
  const chosen = fromSettings ?? (own || baseUrl);
  if (chosen === undefined) {
    throw modelFailure(
      400,
      `no address is known for ${provider}: set ${LLM_VARIABLES.baseUrl} (such as http://127.0.0.1:8000/v1), or choose another provider in spec.model.provider`,
    );
  }
  return chosen;
}

function toBaseUrl(provider: Provider, address: string): string {
  if (provider === "ollama") return ollamaUrl(address);
  return provider === "anthropic" ? withVersionPath(address) : trimSlash(address);
}

function chooseApiKey(
  choice: Pick<ModelChoice, "provider" | "pinnedBy">,
  fromSettings: string | undefined,
  environment: Environment,
): string | undefined {
  const { provider } = choice;
  const { apiKeyVariable, needsApiKey } = providerFacts[provider];
  const own = apiKeyVariable ? environment[apiKeyVariable] : undefined;
  const apiKey = fromSettings ?? (own || undefined);
  if (apiKey === undefined && needsApiKey) {
    const other = wayToAnother(
      choice,
      `choose a model without a key (${LLM_VARIABLES.provider}=ollama)`,
    );
    throw modelFailure(
      401,
      `no API key for ${provider}: set ${apiKeyVariable ?? LLM_VARIABLES.apiKey} and restart the server, or ${other}`,
    );
  }
  return apiKey;
}

function ollamaUrl(host: string): string {
  const address = ollamaAddress(host);
  if (address !== undefined) return withVersionPath(address);
  throw modelFailure(
    400,
    `OLLAMA_HOST is "${host}", which is no address: write it like 127.0.0.1:11434`,
  );
}

/** Some tools write the address with `/v1`, others without. */
function withVersionPath(url: string): string {
  const trimmed = trimSlash(url);
  return /\/v\d+$/.test(trimmed) ? trimmed : `${trimmed}/v1`;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
