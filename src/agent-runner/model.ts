import type { LanguageModel, streamText } from "ai";

import type { Provider } from "../schema/kinds/agent.ts";
import type { ModelInput, ModelProgress, ModelValue } from "../schema/wire/agent-step.ts";
import { chooseModel, type Environment, type ModelChoice } from "./model/choice.ts";
import type { SilenceLimits } from "./model/watched-fetch.ts";

type ProviderOptions = NonNullable<Parameters<typeof streamText>[0]["providerOptions"]>;

/** A provider's model, ready to be asked. */
export interface OpenedModel {
  readonly model: LanguageModel;
  readonly providerOptions: ProviderOptions;
  /** Put on the last message of the conversation. */
  readonly lastMessageOptions: ProviderOptions;
}
export type OpenModel = (choice: ModelChoice, fetchModel: typeof fetch) => OpenedModel;

/** Each is loaded on its first use only. Ollama speaks the same protocol at its own address. */
export const providers: Record<Provider, () => Promise<{ openModel: OpenModel }>> = {
  anthropic: () => import("./model/anthropic.ts"),
  openai: () => import("./model/openai.ts"),
  "openai-compatible": () => import("./model/openai-compatible.ts"),
  ollama: () => import("./model/openai-compatible.ts"),
};

export interface ModelWorld {
  readonly environment: Environment;
  readonly limits: SilenceLimits;
  readonly signal: AbortSignal;
  readonly progress: (piece: ModelProgress) => void;
}

/** One model step: the whole conversation in, one message out. Throws `ActivityFailure`. Keeps nothing. */
export async function runModelStep(input: ModelInput, world: ModelWorld): Promise<ModelValue> {
  const choice = chooseModel(input.model, world.environment, input.agent);
  const [{ openModel }, { streamModelStep }] = await Promise.all([
    providers[choice.provider](),
    import("./model/stream.ts"),
  ]);
  return streamModelStep(input, choice, openModel, world);
}
