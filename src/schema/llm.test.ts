import { expect, test } from "bun:test";

import { chooseProvider, isUsualAddress, type LlmSettings, withoutCredentials } from "./llm.ts";

const KEYS = { ANTHROPIC_API_KEY: "a", OPENAI_API_KEY: "o" };
const baseUrl = "http://127.0.0.1:8000/v1";

test.each<[LlmSettings, Record<string, string>, string, string]>([
  [{}, {}, "ollama", "no provider is set and no API key is there"],
  [{}, { ANTHROPIC_API_KEY: "" }, "ollama", "no provider is set and no API key is there"],
  [{}, { OPENAI_API_KEY: "o" }, "openai", "OPENAI_API_KEY is set"],
  [{}, KEYS, "anthropic", "ANTHROPIC_API_KEY is set"],
  [{ baseUrl }, {}, "openai-compatible", "the setting llm.baseUrl"],
  [{ baseUrl }, KEYS, "openai-compatible", "the setting llm.baseUrl"],
  [{ provider: "ollama" }, KEYS, "ollama", "the setting llm.provider"],
  [{ provider: "openai", baseUrl }, KEYS, "openai", "the setting llm.provider"],
])("the settings %j with the variables %j mean %s", (settings, environment, provider, reason) => {
  expect(chooseProvider(settings, environment)).toMatchObject({ provider, reason });
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
