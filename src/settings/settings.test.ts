import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StigmerError } from "../base/errors.ts";
import { pathsOf } from "../base/paths.ts";
import { describeModel, llmEnvironment } from "./model.ts";
import { checkReach } from "./reach.ts";
import { readSettings } from "./read-settings.ts";
import { setSetting } from "./set-setting.ts";

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true });
});

function freshHome(config?: string) {
  const home = mkdtempSync(join(tmpdir(), "stigmer-settings-"));
  homes.push(home);
  const paths = pathsOf(home);
  if (config !== undefined) writeFileSync(paths.config, config);
  return paths;
}

function errorOf(action: () => unknown): StigmerError {
  try {
    action();
  } catch (error) {
    if (error instanceof StigmerError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("without any file the defaults hold", () => {
  const { settings, entries } = readSettings({ paths: freshHome(), environment: {} });

  expect(settings).toEqual({
    server: { port: 7234, listen: "127.0.0.1" },
    llm: {},
    logLevel: "info",
  });
  expect(new Set(entries.map(({ origin }) => origin))).toEqual(new Set(["default"]));
});

test("a flag beats a variable, a variable the project, the project config.yaml", () => {
  const paths = freshHome(
    'server: {port: 1, listen: "::1"}\nllm: {model: config, provider: ollama, baseUrl: "http://c"}',
  );
  writeFileSync(
    join(paths.home, "stigmer.yaml"),
    "server: {port: 2}\nllm: {model: project, provider: openai}",
  );

  const { settings, entries } = readSettings({
    paths,
    environment: { STIGMER_SERVER_PORT: "3", STIGMER_LLM_MODEL: "variable" },
    flags: { "server.port": "4" },
    projectFolder: paths.home,
  });

  expect(settings).toEqual({
    server: { port: 4, listen: "::1" },
    llm: { model: "variable", provider: "openai", baseUrl: "http://c" },
    logLevel: "info",
  });
  expect(entries.map(({ key, origin, from }) => [key, origin, from])).toEqual([
    ["server.port", "flag", "--port"],
    ["server.listen", "config", paths.config],
    ["llm.provider", "project", join(paths.home, "stigmer.yaml")],
    ["llm.model", "environment", "STIGMER_LLM_MODEL"],
    ["llm.baseUrl", "config", paths.config],
    ["llm.apiKey", "default", undefined],
    ["logLevel", "default", undefined],
  ]);
});

test.each([
  ["server:\n  prot: 1\n", 'unknown field "prot"', 2, 3, "port"],
  ["llm:\n  provider: antropic\n", '"antropic" is not a known provider', 2, 13, "anthropic"],
  ["server:\n  port: 99999\n", "too big", 2, 9, undefined],
  ["logLevel: loud\n", '"loud" is not a known logLevel', 1, 11, undefined],
])("%j is refused with its place", (config, message, line, column, suggestion) => {
  const paths = freshHome(config);

  const error = errorOf(() => readSettings({ paths, environment: {} }));

  const [issue] = error.issues;
  expect(issue).toMatchObject({ file: paths.config, line, column });
  expect(issue?.message).toContain(message);
  expect(issue?.suggestion).toBe(suggestion);
});

test.each([
  ["llm:\n  model: m\n  baseUrl: http://evil.example\n", "llm.baseUrl", 3, "STIGMER_LLM_BASE_URL"],
  ["llm: {apiKey: k}\n", "llm.apiKey", 1, "STIGMER_LLM_API_KEY"],
  ["server:\n  listen: 0.0.0.0\n", "server.listen", 2, "STIGMER_SERVER_LISTEN"],
])("%j is refused in a project", (project, key, line, variable) => {
  const paths = freshHome();
  const file = join(paths.home, "stigmer.yaml");
  writeFileSync(file, project);

  const error = errorOf(() => readSettings({ paths, environment: {}, projectFolder: paths.home }));

  expect(error.issues).toMatchObject([{ file, line, message: expect.stringContaining(key) }]);
  expect(error.hint).toContain(`stigmer config set ${key}`);
  expect(error.hint).toContain(variable);
});

test("bad YAML is refused with its place", () => {
  const paths = freshHome("server: {port: 1\nllm: [");

  const error = errorOf(() => readSettings({ paths, environment: {} }));

  expect(error.message).toBe(`${paths.config} is not valid YAML`);
  expect(error.issues[0]).toMatchObject({ file: paths.config, line: 2 });
});

test("a bad variable is named", () => {
  const environment = { STIGMER_SERVER_PORT: "http" };

  const error = errorOf(() => readSettings({ paths: freshHome(), environment }));

  expect(error.message).toBe("STIGMER_SERVER_PORT is not valid");
  expect(error.issues[0]).toMatchObject({ expected: "a number", got: '"http"' });
});

test("a setting is written for its owner alone and keeps comments", () => {
  const paths = freshHome("# mine\nserver:\n  port: 1 # the port\n");

  setSetting(paths, "server.port", "8000");
  setSetting(paths, "llm.apiKey", "secret");

  expect(readFileSync(paths.config, "utf8")).toBe(
    "# mine\nserver:\n  port: 8000 # the port\nllm:\n  apiKey: secret\n",
  );
  expect(statSync(paths.config).mode & 0o777).toBe(0o600);
});

test("a setting is written through a link", () => {
  const paths = freshHome();
  const target = join(paths.home, "dotfiles.yaml");
  writeFileSync(target, "logLevel: warn\n");
  symlinkSync(target, paths.config);

  setSetting(paths, "logLevel", "debug");

  expect(readFileSync(target, "utf8")).toBe("logLevel: debug\n");
});

test("an unknown setting is refused with the nearest", () => {
  const error = errorOf(() => setSetting(freshHome(), "server.prot", "1"));

  expect(error.code).toBe("usage");
  expect(error.hint).toBe('did you mean "server.port"?');
});

test("a bad value leaves the file as it was", () => {
  const paths = freshHome("logLevel: warn\n");

  errorOf(() => setSetting(paths, "server.port", "many"));

  expect(readFileSync(paths.config, "utf8")).toBe("logLevel: warn\n");
});

function modelOf(environment: Record<string, string>, config = "") {
  return describeModel(readSettings({ paths: freshHome(config), environment }), environment);
}

test.each([
  ["nothing", {}, "", { provider: "ollama" }],
  ["an Anthropic key", { ANTHROPIC_API_KEY: "k" }, "", { provider: "anthropic" }],
  ["an OpenAI key", { OPENAI_API_KEY: "k" }, "", { provider: "openai" }],
  ["both keys", { OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k" }, "", { provider: "anthropic" }],
  [
    "a key and a setting",
    { ANTHROPIC_API_KEY: "k" },
    "llm: {provider: ollama, model: m}",
    { provider: "ollama", model: "m" },
  ],
  [
    "a variable over the setting",
    { STIGMER_LLM_PROVIDER: "openai", OPENAI_API_KEY: "k" },
    "llm: {provider: ollama}",
    { provider: "openai" },
  ],
  [
    "Ollama elsewhere",
    { OLLAMA_HOST: "http://u:p@gpu:11434" },
    "",
    { provider: "ollama", baseUrl: "http://gpu:11434" },
  ],
])("with %s the model is chosen as documented", (_name, environment, config, expected) => {
  const report = modelOf(environment, config);

  expect(report).toMatchObject(expected);
  expect(report.problem).toBeUndefined();
});

test.each([
  ["llm: {provider: anthropic}", "ANTHROPIC_API_KEY"],
  ["llm: {provider: openai-compatible}", "llm.baseUrl"],
  ["llm: {provider: openai-compatible, baseUrl: 'http://x'}", "llm.model"],
])("%j says what is missing", (config, named) => {
  expect(modelOf({}, config).problem).toContain(named);
});

test("the flag, variable or file that chose the model is named", () => {
  const paths = freshHome("llm: {provider: ollama}");
  const address = { STIGMER_LLM_BASE_URL: "http://x", STIGMER_LLM_MODEL: "m" };
  const reasonOf = (environment: Record<string, string>, flags: Record<string, string> = {}) =>
    describeModel(readSettings({ paths, environment, flags }), environment).reason;

  expect(reasonOf({})).toBe(`chosen by ${paths.config}`);
  expect(reasonOf({ STIGMER_LLM_PROVIDER: "ollama" })).toBe("chosen by STIGMER_LLM_PROVIDER");
  expect(reasonOf({ STIGMER_LLM_PROVIDER: "openai" }, { "llm.provider": "ollama" })).toBe(
    "chosen by --llm-provider",
  );
  expect(modelOf(address).reason).toBe("chosen by STIGMER_LLM_BASE_URL");
  expect(modelOf({ OPENAI_API_KEY: "k" }).reason).toBe("OPENAI_API_KEY is set");
});

test("a model on this machine that does not answer is a problem, with the ways out", async () => {
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const OLLAMA_HOST = `127.0.0.1:${server.port}`;
  const chosen = { OLLAMA_HOST, STIGMER_LLM_PROVIDER: "ollama" };

  const there = await checkReach(modelOf({ OLLAMA_HOST }));
  await server.stop(true);
  const gone = await checkReach(modelOf({ OLLAMA_HOST }));
  const other = await checkReach(modelOf(chosen));

  expect(there.problem).toBeUndefined();
  expect(gone.problem).toBe(
    `Ollama does not answer at http://${OLLAMA_HOST}, and no API key is there: set ANTHROPIC_API_KEY or OPENAI_API_KEY and restart the server, or start Ollama`,
  );
  expect(other.problem).toBe(
    `ollama/qwen3:8b does not answer at http://${OLLAMA_HOST} (chosen by STIGMER_LLM_PROVIDER): start it, or choose another`,
  );
});

test("a model elsewhere is not tried", async () => {
  const model = modelOf({ OLLAMA_HOST: "192.0.2.1:9" });

  expect(await checkReach(model)).toEqual(model);
});

test("the agent-runner gets the settings as variables and nothing that it does not need", () => {
  const environment = {
    OPENAI_API_KEY: "k",
    STIGMER_LLM_MODEL: "old",
    STIGMER_TOKEN: "t",
    PATH: "p",
  };
  const { settings } = readSettings({
    paths: freshHome("llm: {apiKey: a}"),
    environment,
    flags: { "llm.model": "new" },
  });

  const given = llmEnvironment(settings, environment);

  expect(given).toEqual({
    OPENAI_API_KEY: "k",
    STIGMER_LLM_MODEL: "new",
    STIGMER_LLM_API_KEY: "a",
  });
});
