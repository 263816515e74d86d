import { LLMock } from "@copilotkit/aimock";

export interface Model {
  /** Makes a server started with it talk to this model. */
  readonly environment: Record<string, string>;
  stop(): Promise<void>;
}

/** A model server on loopback that always says the same. */
export async function startModel(text: string): Promise<Model> {
  const mock = new LLMock({ port: 0, chunkSize: 8, latency: 20 });
  mock.on({ predicate: () => true }, { content: text });
  await mock.start();
  return {
    environment: {
      STIGMER_LLM_PROVIDER: "openai-compatible",
      STIGMER_LLM_MODEL: "canned",
      STIGMER_LLM_BASE_URL: `${mock.url}/v1`,
    },
    stop: async () => mock.stop(),
  };
}
