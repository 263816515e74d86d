import { createOpenAICompatible } from "@ai-sdk/openai-compatible";

import type { OpenModel } from "../model.ts";

export const openModel: OpenModel = ({ provider, name, baseUrl, apiKey }, fetchModel) => ({
  model: createOpenAICompatible({
    name: provider,
    baseURL: baseUrl,
    includeUsage: true,
    fetch: fetchModel,
    ...(apiKey === undefined ? {} : { apiKey }),
  })(name),
  providerOptions: {},
  lastMessageOptions: {},
});
