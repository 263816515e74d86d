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
  if (!("version" in answer)) return answer.trouble;
  return `it says that it is ${answer.version}, not ${version}`;
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
  const why = tellingLine(complaint);
  const said = why === undefined ? ` and said "${firstLine(answer) ?? "nothing"}"` : `: ${why}`;
  return { trouble: `--version ${end}${said}` };
}

/** The line that says what was wrong: a trace begins with the code around the place, and ends with the way there. */
function tellingLine(text: string): string | undefined {
  const lines = text.trim().split("\n");
  return lines.find((line) => /^(?:[A-Z]\w*)?[Ee]rror: /.test(line)) ?? firstLine(text);
}

function firstLine(text: string): string | undefined {
  return text.trim().split("\n")[0] || undefined;
}
