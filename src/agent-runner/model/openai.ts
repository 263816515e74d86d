import { createOpenAI } from "@ai-sdk/openai";

import type { OpenModel } from "../model.ts";

/** Nothing is kept at the provider: reasoning comes back encrypted and is sent along with the next step. */
export const openModel: OpenModel = ({ name, baseUrl, apiKey = "" }, fetchModel) => ({
  model: createOpenAI({ baseURL: baseUrl, apiKey, fetch: fetchModel })(name),
  providerOptions: { openai: { store: false } },
  lastMessageOptions: {},
});
