/** Runs a program with its arguments; resolves to the exit status. */
export type Program = (args: string[]) => Promise<number>;

/** Every program of the binary, loaded only when it is meant: `stigmer version` must not pay for the server. */
const programs = {
  cli: async (): Promise<Program> => (await import("./cli.ts")).runCli,
  server: async (): Promise<Program> => (await import("./launchers/server.ts")).launchServer,
  "workflow-runner": async (): Promise<Program> =>
    (await import("./launchers/workflow-runner.ts")).launchWorkflowRunner,
  "agent-runner": async (): Promise<Program> =>
    (await import("./launchers/agent-runner.ts")).launchAgentRunner,
} as const;
export type ProgramName = keyof typeof programs;

/** The file names that mean one part. Any other, such as `stigmer-v1.2`, is the command line. */
const PROGRAM_BY_NAME: ReadonlyMap<string, ProgramName> = new Map([
  ["stigmer-server", "server"],
  ["stigmer-workflow-runner", "workflow-runner"],
  ["stigmer-agent-runner", "agent-runner"],
  ["agent-runner", "agent-runner"],
]);

/** The first words that mean one part; all after them belongs to that part, `--help` and `--` too. */
const PROGRAM_BY_WORD: ReadonlyMap<string, ProgramName> = new Map([
  ["internal-server", "server"],
  ["internal-workflow-runner", "workflow-runner"],
  ["agent-runner", "agent-runner"],
]);

export interface Invocation {
  readonly program: ProgramName;
  readonly args: string[];
}

/** Whether the name of the file says which part is meant, and not a word after it. */
export function isCalledByName(argv0: string): boolean {
  return PROGRAM_BY_NAME.has(programNameOf(argv0));
}

/** What a call means: the name by which the file was called, else the first word. */
export function readInvocation(argv0: string, args: readonly string[]): Invocation {
  const [word = "", ...rest] = args;
  const byName = PROGRAM_BY_NAME.get(programNameOf(argv0));
  if (byName) return { program: byName, args: [...args] };
  const byWord = PROGRAM_BY_WORD.get(word);
  return byWord ? { program: byWord, args: rest } : { program: "cli", args: [...args] };
}

export async function loadProgram(name: ProgramName): Promise<Program> {
  return programs[name]();
}

/** The last part of the path, without the dash of a login shell and the ending of Windows. */
function programNameOf(argv0: string): string {
  const base = argv0.slice(Math.max(argv0.lastIndexOf("/"), argv0.lastIndexOf("\\")) + 1);
  return base
    .toLowerCase()
    .replace(/^-/, "")
    .replace(/\.exe$/, "");
}
