import { expect, test } from "bun:test";

import type { Provider } from "./kinds/agent.ts";
import {
  chooseProvider,
  isUsualAddress,
  type LlmSettings,
  type ProviderChoice,
  withoutCredentials,
} from "./llm.ts";

const KEYS = { ANTHROPIC_API_KEY: "a", OPENAI_API_KEY: "o" };
const baseUrl = "http://127.0.0.1:8000/v1";

test.each<[LlmSettings, Record<string, string>, Provider, ProviderChoice]>([
  [{}, {}, "ollama", { by: "nothing" }],
  [{}, { ANTHROPIC_API_KEY: "" }, "ollama", { by: "nothing" }],
  [{}, { OPENAI_API_KEY: "o" }, "openai", { by: "variable", name: "OPENAI_API_KEY" }],
  [{}, KEYS, "anthropic", { by: "variable", name: "ANTHROPIC_API_KEY" }],
  [{ baseUrl }, {}, "openai-compatible", { by: "setting", key: "llm.baseUrl" }],
  [{ baseUrl }, KEYS, "openai-compatible", { by: "setting", key: "llm.baseUrl" }],
  [{ provider: "ollama" }, KEYS, "ollama", { by: "setting", key: "llm.provider" }],
  [{ provider: "openai", baseUrl }, KEYS, "openai", { by: "setting", key: "llm.provider" }],
])("the settings %j with the variables %j mean %s", (settings, environment, provider, choice) => {
  expect(chooseProvider(settings, environment)).toEqual({ provider, choice });
});

test.each([
  ["http://box:11434/v1", "http://box:11434/v1"],
  ["http://me:secret@box:11434/v1", "http://box:11434/v1"],
  ["https://token@box/a@b", "https://box/a@b"],
  ["me:secret@box", "box"],
  ["http://me:sec/ret@b ox", "http://b ox"],
])("%s without its password is %s", (address, clean) => {
  expect(withoutCredentials(address)).toBe(clean);
});

test("an address is the provider's own or not", () => {
  expect(isUsualAddress("openai", "https://api.openai.com/v1")).toBe(true);
  expect(isUsualAddress("openai", "https://proxy.example/v1")).toBe(false);
  expect(isUsualAddress("openai-compatible", baseUrl)).toBe(false);
});
