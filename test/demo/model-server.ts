import { LLMock } from "@copilotkit/aimock";
import { z } from "zod";

const OllamaTags = z.object({ models: z.array(z.object({ name: z.string() })) });
const Groups = z.array(z.object({ kind: z.string(), subjects: z.array(z.string()) }));

export interface ModelServer {
  /** One line for the reader: which model answers, or that the text is canned. */
  readonly line: string;
  /** Flags of `stigmer server` that choose it. */
  readonly flags: readonly string[];
  /** Added to the environment of the server. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A real model where one is configured or running, else a server on loopback that answers with canned text. */
export async function chooseModelServer(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ModelServer> {
  if (environment["ANTHROPIC_API_KEY"]) return real("Anthropic, by ANTHROPIC_API_KEY", []);
  if (environment["OPENAI_API_KEY"]) return real("OpenAI, by OPENAI_API_KEY", []);
  const ollama = await ollamaModel(environment["OLLAMA_HOST"] ?? "http://127.0.0.1:11434");
  if (ollama) {
    return real(`Ollama, ${ollama}`, ["--llm-provider", "ollama", "--llm-model", ollama]);
  }
  return startCanned();
}

function real(who: string, flags: readonly string[]): ModelServer {
  return { line: `The text is written by ${who}.`, flags, environment: {}, stop: async () => {} };
}

/** The first model that a running Ollama has, if there is one. */
async function ollamaModel(host: string): Promise<string | undefined> {
  try {
    const url = host.includes("://") ? host : `http://${host}`;
    const response = await fetch(`${url}/api/tags`, { signal: AbortSignal.timeout(500) });
    return OllamaTags.parse(await response.json()).models[0]?.name;
  } catch {
    return undefined;
  }
}

async function startCanned(): Promise<ModelServer> {
  const mock = new LLMock({ port: 0, latency: 15, chunkSize: 12 });
  mock.on({ predicate: () => true }, (request) => ({
    content: notesFrom(request.messages.at(-1)?.content ?? null),
  }));
  await mock.start();
  return {
    line: "No model provider is configured: the text is canned, by a mock server on loopback.",
    flags:
      `--llm-provider openai-compatible --llm-model canned --llm-base-url ${mock.url}/v1`.split(
        " ",
      ),
    environment: {},
    stop: async () => mock.stop(),
  };
}

/** Notes in the form a model would give them, from the groups in the question. */
function notesFrom(content: unknown): string {
  const groups = Groups.parse(JSON.parse(z.string().parse(content)));
  const sections = groups.map(({ kind, subjects }) =>
    [`## ${kind}`, "", ...subjects.slice(0, 6).map((subject) => `- ${subject}`), ""].join("\n"),
  );
  return ["A release with something for everyone.", "", ...sections].join("\n").trim();
}
