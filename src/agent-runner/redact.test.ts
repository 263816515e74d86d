import { expect, test } from "bun:test";

import { createRedactor } from "./redact.ts";

test("keys and passwords are taken out of a text, however they are written", () => {
  const redact = createRedactor({
    OPENAI_API_KEY: "sk-0123456789",
    STIGMER_LLM_BASE_URL: "https://me:pass%40word@llm.example/v1",
    OLLAMA_HOST: "token-0123@box:11434",
    STIGMER_LLM_MODEL: "qwen3:8b",
  });
  const pair = Buffer.from("me:pass@word").toString("base64");

  const text = redact(`sk-0123456789 pass%40word pass@word ${pair} token-0123 qwen3:8b me box`);

  expect(text).toBe(
    "[hidden key] [hidden key] [hidden key] [hidden key] [hidden key] qwen3:8b me box",
  );
});
