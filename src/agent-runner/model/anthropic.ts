import { createAnthropic } from "@ai-sdk/anthropic";

import type { OpenModel } from "../model.ts";

/** The end of the conversation so far is marked for the provider's cache, so that each step pays for its news only. */
export const openModel: OpenModel = ({ name, baseUrl, apiKey = "" }, fetchModel) => ({
  model: createAnthropic({ baseURL: baseUrl, apiKey, fetch: fetchModel })(name),
  providerOptions: {},
  lastMessageOptions: { anthropic: { cacheControl: { type: "ephemeral" } } },
});
