import type { Limits } from "../limits.ts";
import { type Child, startChild } from "../process/child.ts";
import type { Reaper } from "../process/reaper.ts";
import { keepTail } from "../process/tail.ts";
import limitScript from "./limit.sh.txt" with { type: "text" };
import { showSystem } from "./system-view.ts";

/** Where an agent's files are for the agent, whatever the run. */
export const SANDBOX_FOLDER = "/workspace";

const PROBE_CHARACTERS_MAX = 500;
/** No network, no other process, no rights, and no terminal to type into. */
const ISOLATION = [
  "--chdir",
  SANDBOX_FOLDER,
  "--unshare-all",
  "--die-with-parent",
  "--new-session",
  "--cap-drop",
  "ALL",
  "--hostname",
  "sandbox",
  "--clearenv",
];
const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: SANDBOX_FOLDER,
  TMPDIR: "/tmp",
  LANG: "C.UTF-8",
  TERM: "dumb",
};

export interface Sandbox {
  /** Starts a program that sees the system read-only, the workspace read-write, no network and no other process. */
  start(command: readonly [string, ...string[]], workspace: string): Promise<Child>;
}

/** The sandbox, or why there is none on this machine. */
export type SandboxProbe = { readonly sandbox: Sandbox } | { readonly refusal: string };

export interface SandboxWorld {
  /** Our own state, which no program in the sandbox sees. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly reaper: Reaper;
  readonly limits: Limits;
}

export async function probeBubblewrap({
  home,
  environment,
  reaper,
  limits,
}: SandboxWorld): Promise<SandboxProbe> {
  const privateFolders = [home, environment["HOME"] ?? ""].filter(Boolean);
  const program = Bun.which("bwrap", { PATH: environment["PATH"] ?? "" });
  if (!program) {
    return { refusal: refusal("bubblewrap (bwrap) is not installed", INSTALL) };
  }
  const sandbox: Sandbox = {
    start: (command, workspace) =>
      startChild(
        {
          command: [
            program,
            ...showSystem(privateFolders),
            ...bubblewrapArguments(workspace),
            "--",
            ...limitedCommand(command, limits),
          ],
          environment: {},
          folder: "/",
        },
        reaper,
      ),
  };
  const child = await sandbox.start(["/bin/sh", "-c", "exit 0"], "/tmp");
  const stderr = keepTail(child.stderr, PROBE_CHARACTERS_MAX);
  void child.stdin.end();
  const end = await child.ended;
  await stderr.done;
  if (end === "exit code 0") return { sandbox };
  return {
    refusal: refusal(`bubblewrap does not work here (${stderr.text().trim() || end})`, ALLOW),
  };
}

const INSTALL = "install it, such as with `apt install bubblewrap` or `dnf install bubblewrap`";
const ALLOW =
  "allow unprivileged user namespaces (on Ubuntu 24.04 and later: an AppArmor profile for bwrap)";

function refusal(why: string, mend: string): string {
  return `File and shell tools run in a sandbox only, and ${why}: ${mend}, then restart the server.`;
}

function bubblewrapArguments(workspace: string): string[] {
  const variables = Object.entries(ENVIRONMENT).flatMap(([name, value]) => [
    "--setenv",
    name,
    value,
  ]);
  const folders = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", workspace];
  return [...folders, SANDBOX_FOLDER, ...ISOLATION, ...variables];
}

/** The kernel counts no processes of root. Memory that is only reserved is free, as runtimes reserve very much. */
function limitedCommand(
  command: readonly string[],
  { sandboxProcessesMax, sandboxMemoryBytesMax, sandboxFileBytesMax }: Limits,
): string[] {
  const limits = [sandboxProcessesMax, sandboxMemoryBytesMax / 1_024, sandboxFileBytesMax / 512];
  return ["/bin/sh", "-c", limitScript, "sh", ...limits.map(String), ...command];
}
