import { expect, test } from "bun:test";

import { ActivityFailure } from "../../durable/errors.ts";
import { chooseModel, type Environment } from "./choice.ts";

const KEY = "sk-0123456789";

test.each<[string, Environment, object]>([
  ["nothing is set", {}, { provider: "ollama", baseUrl: "http://127.0.0.1:11434/v1" }],
  [
    "there is a key for OpenAI",
    { OPENAI_API_KEY: KEY },
    { provider: "openai", baseUrl: "https://api.openai.com/v1", apiKey: KEY },
  ],
  [
    "there are keys for both",
    { OPENAI_API_KEY: "other", ANTHROPIC_API_KEY: KEY },
    { provider: "anthropic", apiKey: KEY },
  ],
  [
    "an address alone is set",
    { STIGMER_LLM_BASE_URL: "http://127.0.0.1:8000/v1/", STIGMER_LLM_MODEL: "m" },
    { provider: "openai-compatible", name: "m", baseUrl: "http://127.0.0.1:8000/v1" },
  ],
  [
    "the settings name a provider",
    { STIGMER_LLM_PROVIDER: "openai", STIGMER_LLM_API_KEY: KEY, ANTHROPIC_API_KEY: "other" },
    { provider: "openai", apiKey: KEY },
  ],
])("when %s, that is used", (_when, environment, chosen) => {
  expect(chooseModel({}, environment)).toMatchObject(chosen);
});

test("the agent's own choice goes first", () => {
  const choice = chooseModel(
    { provider: "anthropic", name: "claude-opus-5-5", temperature: 0.2 },
    { STIGMER_LLM_PROVIDER: "ollama", STIGMER_LLM_MODEL: "qwen3:8b", ANTHROPIC_API_KEY: KEY },
  );

  expect(choice).toMatchObject({
    provider: "anthropic",
    name: "claude-opus-5-5",
    temperature: 0.2,
    apiKey: KEY,
  });
});

test("a key of the settings never goes to another provider", () => {
  const environment = {
    STIGMER_LLM_PROVIDER: "openai",
    STIGMER_LLM_API_KEY: KEY,
    STIGMER_LLM_BASE_URL: "https://proxy.example/v1",
  };

  const choice = chooseModel({ provider: "ollama" }, environment);

  expect(choice).toMatchObject({ apiKey: undefined, baseUrl: "http://127.0.0.1:11434/v1" });
});

test.each([
  ["127.0.0.1:11500", "http://127.0.0.1:11500/v1"],
  ["box", "http://box:11434/v1"],
  [":11500", "http://127.0.0.1:11500/v1"],
  ["0.0.0.0", "http://127.0.0.1:11434/v1"],
  ["https://ollama.example", "https://ollama.example/v1"],
  ["http://box:80/", "http://box/v1"],
  ["http://[::1]:11434", "http://[::1]:11434/v1"],
])("OLLAMA_HOST=%s is %s", (host, baseUrl) => {
  expect(chooseModel({}, { OLLAMA_HOST: host }).baseUrl).toBe(baseUrl);
});

test.each([
  ["https://api.anthropic.com", "https://api.anthropic.com/v1"],
  ["http://127.0.0.1:4010/v1", "http://127.0.0.1:4010/v1"],
])("ANTHROPIC_BASE_URL=%s may be written with or without its version", (url, baseUrl) => {
  const environment = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url };

  expect(chooseModel({}, environment).baseUrl).toBe(baseUrl);
});

test.each<[Environment, string]>([
  [{ STIGMER_LLM_PROVIDER: "openia" }, 'STIGMER_LLM_PROVIDER="openia" can\'t be used'],
  [{ STIGMER_LLM_PROVIDER: "openai-compatible" }, "no model is named for openai-compatible"],
  [
    { STIGMER_LLM_PROVIDER: "openai-compatible", STIGMER_LLM_MODEL: "m" },
    "no address is known for openai-compatible: set STIGMER_LLM_BASE_URL",
  ],
  [{ STIGMER_LLM_PROVIDER: "anthropic" }, "no API key for anthropic: set ANTHROPIC_API_KEY"],
  [{ OLLAMA_HOST: "http://a b" }, 'OLLAMA_HOST is "http://a b"'],
])("%j is refused in words, for good", (environment, sentence) => {
  const choose = () => chooseModel({}, environment);

  expect(choose).toThrow(sentence);
  expect(choose).toThrow(ActivityFailure);
});

test("where the agent pins its provider, the way out is the agent and no setting", () => {
  const spec = { provider: "anthropic" } as const;

  expect(() => chooseModel(spec, {}, "librarian")).toThrow(
    "no API key for anthropic: set ANTHROPIC_API_KEY and restart the server, or change model in agent/librarian",
  );
  expect(() => chooseModel(spec, {})).toThrow("or change model in the agent");
});

const BASIC = `Basic ${Buffer.from("me:s3cr@t").toString("base64")}`;

test.each<[Environment, string]>([
  [
    { STIGMER_LLM_BASE_URL: "https://me:s3cr%40t@llm.example/v1", STIGMER_LLM_MODEL: "m" },
    "https://llm.example/v1",
  ],
  [{ OLLAMA_HOST: "me:s3cr%40t@box" }, "http://box:11434/v1"],
  [
    { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: "http://me:s3cr%40t@proxy.example" },
    "http://proxy.example/v1",
  ],
])("the password of an address is kept apart from it (%#)", (environment, baseUrl) => {
  expect(chooseModel({}, environment)).toMatchObject({ baseUrl, authorization: BASIC });
});

test.each<Environment>([
  { OLLAMA_HOST: "http://me:s3cret@a b" },
  { OLLAMA_HOST: "me:s3c/ret@a b" },
  { STIGMER_LLM_BASE_URL: "ftp://me:s3cret@llm.example" },
  { STIGMER_LLM_BASE_URL: "me:s3cret@llm example" },
])("the password of a wrong address is not in what is said of it (%#)", (environment) => {
  const choose = () => chooseModel({}, environment);

  expect(choose).toThrow(ActivityFailure);
  expect(choose).not.toThrow("ret");
});
