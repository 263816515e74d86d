import { statSync } from "node:fs";
import { basename } from "node:path";

import { Client, SdkError, SdkErrorCode, type Tool } from "@modelcontextprotocol/client";

import { version } from "../../base/build-info.ts";
import { formatDurationMs } from "../../base/duration.ts";
import { messageOf } from "../../base/errors.ts";
import type { McpServerSpec } from "../../schema/kinds/agent.ts";
import type { ToolValue } from "../../schema/wire/agent-step.ts";
import { LIMIT_VARIABLES, type Limits } from "../limits.ts";
import type { Environment } from "../model/choice.ts";
import { minimalEnvironment } from "../process/child-environment.ts";
import { type Child, startChild } from "../process/child.ts";
import type { Reaper } from "../process/reaper.ts";
import { keepTail, type Tail } from "../process/tail.ts";
import { hideSecrets } from "../redact.ts";
import { mcpFailure } from "./failure.ts";
import { handedVariables } from "./handed-variables.ts";
import { toToolText } from "./result-text.ts";
import { createStdioTransport, type StdioTransport, type TransportLimits } from "./transport.ts";

const STDERR_CHARACTERS_MAX = 4_000;
const STDERR_LINES_SHOWN = 5;
/** An older server may not answer what it does not know; then it is spoken to in the old way. */
const PROBE_MS = 3_000;

export interface McpWorld {
  readonly environment: Environment;
  readonly reaper: Reaper;
  readonly limits: TransportLimits &
    Pick<
      Limits,
      "mcpStartMs" | "mcpStartSilentMs" | "mcpCallMs" | "mcpIdleMs" | "toolTextBytesMax"
    >;
}

/** A server that runs and has been greeted. */
export interface Connection {
  /** What the server offers now. */
  listTools(signal: AbortSignal): Promise<Tool[]>;
  callTool(name: string, given: Record<string, unknown>, signal: AbortSignal): Promise<ToolValue>;
  close(): Promise<void>;
  /** Resolves when the server is gone, with how it ended. */
  readonly closed: Promise<string>;
}

/** Starts a server. One that leaves at the first modern question is started again and asked in the old way. */
export async function connect(
  spec: McpServerSpec,
  world: McpWorld,
  signal: AbortSignal,
): Promise<Connection> {
  requireCommand(spec, world.environment);
  const modern = await tryConnect(spec, world, { mode: "auto", signal });
  if ("callTool" in modern) return modern;
  if (!modern.isGone || signal.aborted) throw mcpFailure(modern.reason);
  const old = await tryConnect(spec, world, { mode: "legacy", signal });
  if ("callTool" in old) return old;
  throw mcpFailure(old.reason);
}

async function tryConnect(
  spec: McpServerSpec,
  world: McpWorld,
  { mode, signal }: { mode: "auto" | "legacy"; signal: AbortSignal },
): Promise<Connection | { reason: string; isGone: boolean }> {
  const handed = handedVariables(spec, world.environment);
  const hide = hideSecrets(Object.values(handed));
  const child = await startChild(
    {
      command: [spec.command, ...spec.args],
      environment: minimalEnvironment(world.environment, { ...handed, ...spec.environment }),
      folder: homeFolder(world.environment),
    },
    world.reaper,
  );
  const stderr = keepTail(child.stderr, STDERR_CHARACTERS_MAX);
  const client = new Client(
    { name: "stigmer", version },
    {
      versionNegotiation: {
        mode,
        probe: { timeoutMs: Math.min(PROBE_MS, world.limits.mcpStartMs) },
      },
    },
  );
  let isGone = false;
  void child.ended.then(() => (isGone = true));
  const transport = createStdioTransport(child, world.limits);
  const kill = () => child.kill();
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  try {
    await client.connect(transport, { timeout: world.limits.mcpStartMs });
    return openConnection(spec, { client, transport, child, stderr, hide }, world);
  } catch (error) {
    await Bun.sleep(0);
    const fault = transport.fault();
    const how =
      isGone && fault === undefined
        ? `it ended with ${await child.ended}`
        : (fault ?? whyNot(error, world.limits, "mcpStartMs") + adviceOn(error, spec));
    child.kill();
    await stderr.done;
    const reason = hide(describe(spec, `did not start: ${how}`, stderr));
    return { reason, isGone: isGone && fault === undefined };
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

interface Opened {
  readonly client: Client;
  readonly transport: StdioTransport;
  readonly child: Child;
  readonly stderr: Tail;
  /** Takes what was handed to the server out of what it says. */
  readonly hide: (text: string) => string;
}

function openConnection(
  spec: McpServerSpec,
  { client, transport, child, stderr, hide }: Opened,
  { limits }: McpWorld,
): Connection {
  return {
    async listTools(signal) {
      try {
        const options = { signal, timeout: limits.mcpStartMs, cacheMode: "refresh" as const };
        return (await client.listTools(undefined, options)).tools;
      } catch (error) {
        signal.throwIfAborted();
        const why = transport.fault() ?? whyNot(error, limits, "mcpStartMs");
        const what = `did not list its tools: ${why}`;
        throw mcpFailure(hide(describe(spec, what, stderr)));
      }
    },
    async callTool(name, given, signal) {
      try {
        const options = { signal, timeout: limits.mcpCallMs };
        const result = await client.callTool({ name, arguments: given }, options);
        const { text, isError } = toToolText(result, limits.toolTextBytesMax);
        return { text: hide(text), isError };
      } catch (error) {
        signal.throwIfAborted();
        const why = transport.fault() ?? whyNot(error, limits, "mcpCallMs");
        return {
          text: hide(`The tool "${name}" of the MCP server "${spec.name}" failed: ${why}.`),
          isError: true,
        };
      }
    },
    close: () => client.close(),
    closed: child.ended,
  };
}

function whyNot(
  error: unknown,
  limits: McpWorld["limits"],
  limit: "mcpStartMs" | "mcpCallMs",
): string {
  if (!isSlow(error)) return messageOf(error);
  return `no answer within ${formatDurationMs(limits[limit])} (${LIMIT_VARIABLES[limit]})`;
}

function isSlow(error: unknown): boolean {
  return SdkError.isInstance(error) && error.code === SdkErrorCode.RequestTimeout;
}

/** Programs that fetch what they are to run. */
const FETCHERS = new Set(["npx", "pnpx", "bunx", "uvx", "pipx", "docker", "podman"]);

function adviceOn(error: unknown, { command, args }: McpServerSpec): string {
  const program = basename(command);
  if (!isSlow(error) || !FETCHERS.has(program)) return "";
  const line = [command, ...args].join(" ");
  return `; ${program} downloads what it runs the first time: run "${line}" once by hand, or allow it more (${LIMIT_VARIABLES.mcpStartMs}=PT10M) and restart the server`;
}

/** Where a person would start the server; a service account may have no home. */
function homeFolder(environment: Environment): string {
  const home = environment["HOME"] ?? "";
  return statSync(home, { throwIfNoEntry: false })?.isDirectory() ? home : "/";
}

/** A command that is not there would only show as an odd exit code of the shell. */
function requireCommand(spec: McpServerSpec, environment: Environment): void {
  const path = spec.environment["PATH"] ?? environment["PATH"] ?? "";
  if (Bun.which(spec.command, { PATH: path })) return;
  throw mcpFailure(
    `the MCP server "${spec.name}" can't start: the command "${spec.command}" is not found; install it, or write its full path in spec.mcpServers[].command`,
  );
}

function describe(spec: McpServerSpec, what: string, stderr: Tail): string {
  const command = [spec.command, ...spec.args].join(" ");
  const lines = stderr.text().trim().split("\n").slice(-STDERR_LINES_SHOWN).join("\n");
  const said = lines === "" ? "it wrote nothing to stderr" : `its last words on stderr:\n${lines}`;
  return `the MCP server "${spec.name}" (${command}) ${what}; ${said}`;
}
