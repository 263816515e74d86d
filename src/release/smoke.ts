import { childEnvironment } from "../base/process-environment.ts";
import { runnerCommand } from "./runner-command.ts";

/** Generous: a virus scanner may hold a new file for a while. */
const ANSWER_MAX_MS = 60_000;

/** Runs `--version`. Undefined when it answers as it should, else what is wrong. */
export async function smokeRun(
  path: string,
  version: string,
  folder: string,
): Promise<string | undefined> {
  const answer = await askVersion(path, folder);
  if ("version" in answer && answer.version === version) return undefined;
  const said = "version" in answer ? `said it is ${answer.version}` : answer.trouble;
  return `${said} instead of "agent-runner ${version}"`;
}

/** What a file says it is, if it is an agent-runner at all. */
export async function askVersion(
  path: string,
  folder: string,
): Promise<{ version: string } | { trouble: string }> {
  const { command, environment } = runnerCommand(path);
  const child = Bun.spawn([...command, "--version"], {
    cwd: folder,
    env: childEnvironment(process.env, environment),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: ANSWER_MAX_MS,
    killSignal: "SIGKILL",
  });
  const [answer, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  const version = /^agent-runner (\S+)$/.exec(answer.trim())?.[1];
  if (child.exitCode === 0 && version !== undefined) return { version };
  const end = child.signalCode
    ? `was ended by ${child.signalCode}`
    : `exited with ${child.exitCode}`;
  const said = firstLine(answer) || firstLine(complaint) || "nothing";
  return { trouble: `--version ${end} and said "${said}"` };
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
