import { messageOf } from "../base/errors.ts";
import type { ModelReport } from "../schema/api/server.ts";
import { providerFacts } from "../schema/llm.ts";
import { NO_CHOICE } from "./model.ts";

const LOOPBACK = /^(localhost$|127\.|\[::1\]$)/;
/** On this machine an answer takes no time: whoever is silent for longer is not well. */
const LOOPBACK_MS = 500;

/** The model as it is now: one that runs on this machine may not have been started. */
export async function checkReach(model: ModelReport): Promise<ModelReport> {
  const { baseUrl } = model;
  if (model.problem !== undefined || baseUrl === undefined || !isOnLoopback(baseUrl)) return model;
  const refusal = await whyUnreachable(baseUrl, LOOPBACK_MS);
  return refusal === undefined ? model : { ...model, problem: problemOf(model) };
}

export function isOnLoopback(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && LOOPBACK.test(new URL(baseUrl).hostname);
}

function problemOf({ provider, model, baseUrl, reason }: ModelReport): string {
  if (reason !== NO_CHOICE) {
    const name = model === undefined ? provider : `${provider}/${model}`;
    return `${name} does not answer at ${baseUrl} (${reason}): start it, or choose another`;
  }
  const { anthropic, openai } = providerFacts;
  const keys = `${anthropic.apiKeyVariable} or ${openai.apiKeyVariable}`;
  return `Ollama does not answer at ${baseUrl}, and no API key is there: set ${keys} and restart the server, or start Ollama`;
}

/** Only whether somebody listens there: nothing is asked, for a question costs money. Undefined when all is well. */
export async function whyUnreachable(
  baseUrl: string,
  limitMs: number,
): Promise<string | undefined> {
  if (!URL.canParse(baseUrl)) return "it is no address";
  const url = new URL(baseUrl);
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => resolve("no answer"), limitMs);
  const socket = { data: () => {}, open: () => resolve(undefined) };
  const connecting = Bun.connect({ hostname: url.hostname.replace(/^\[|\]$/g, ""), port, socket });
  connecting.catch((error: unknown) => resolve(messageOf(error)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    connecting.then((open) => open.end()).catch(() => {});
  }
}
