import { z } from "zod";

import { messageOf, systemCodeOf } from "../../base/errors.ts";
import { childEnvironment } from "../../base/process-environment.ts";

/** Generous: a virus scanner may hold a new file for a while. */
const ANSWER_MAX_MS = 60_000;
/** A child that another thread was starting may have the file open for writing, for a moment. */
const BUSY_TRIES_MAX = 6;
const BUSY_WAIT_MS = 50;

const Build = z.object({ version: z.string().min(1), target: z.string().min(1) });
export type Build = z.infer<typeof Build>;

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "it needs a system library that is not here (ENOENT)",
  ENOEXEC: "it is no program for this machine (ENOEXEC)",
  EACCES: "it may not be run from there (EACCES)",
  EPERM: "the system does not let it run (EPERM)",
};

/** What a program says it is, or why it says nothing. */
export async function askBuild(path: string, folder: string): Promise<Build | { trouble: string }> {
  try {
    const child = await start(path, folder);
    const [answer, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    await child.exited;
    const build = child.exitCode === 0 ? parseBuild(answer) : undefined;
    if (build) return build;
    const end = child.signalCode
      ? `was ended by ${child.signalCode}`
      : `exited with ${child.exitCode}`;
    const said = firstLine(complaint) || firstLine(answer) || "nothing";
    return { trouble: `\`version --json\` ${end} and said "${said}"` };
  } catch (error) {
    return { trouble: WORDS[systemCodeOf(error) ?? ""] ?? messageOf(error) };
  }
}

async function start(path: string, folder: string): Promise<Bun.ReadableSubprocess> {
  for (let tries = 1; ; tries += 1) {
    try {
      return Bun.spawn([path, "version", "--json"], {
        cwd: folder,
        env: childEnvironment(process.env),
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
        timeout: ANSWER_MAX_MS,
        killSignal: "SIGKILL",
      });
    } catch (error) {
      if (systemCodeOf(error) !== "ETXTBSY" || tries === BUSY_TRIES_MAX) throw error;
      await Bun.sleep(BUSY_WAIT_MS);
    }
  }
}

function parseBuild(text: string): Build | undefined {
  try {
    return Build.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0]?.slice(0, 200) ?? "";
}
