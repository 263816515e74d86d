import { existsSync } from "node:fs";

import { type Child, startChild } from "../process/child.ts";
import type { Reaper } from "../process/reaper.ts";
import { keepTail } from "../process/tail.ts";

/** Where an agent's files are for the agent, whatever the run. */
export const SANDBOX_FOLDER = "/workspace";

/** Programs and what they need, to be read only. Homes, mounts and our own state are not in the sandbox at all. */
const SYSTEM_FOLDERS = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/opt",
  "/nix",
  "/etc",
];
/** Readable by root, and an agent-runner may run as root. */
const HIDDEN_FILES = [
  "/etc/shadow",
  "/etc/gshadow",
  "/etc/shadow-",
  "/etc/gshadow-",
  "/etc/sudoers",
];
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

export async function probeBubblewrap(
  environment: Readonly<Record<string, string | undefined>>,
  reaper: Reaper,
): Promise<SandboxProbe> {
  const program = Bun.which("bwrap", { PATH: environment["PATH"] ?? "" });
  if (!program) {
    return { refusal: refusal("bubblewrap (bwrap) is not installed", INSTALL) };
  }
  const sandbox: Sandbox = {
    start: (command, workspace) =>
      startChild(
        {
          command: [program, ...bubblewrapArguments(workspace), "--", ...command],
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
  const readOnly = SYSTEM_FOLDERS.flatMap((folder) => ["--ro-bind-try", folder, folder]);
  const hidden = HIDDEN_FILES.flatMap((path) =>
    existsSync(path) ? ["--ro-bind", "/dev/null", path] : [],
  );
  const variables = Object.entries(ENVIRONMENT).flatMap(([name, value]) => [
    "--setenv",
    name,
    value,
  ]);
  const folders = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", workspace];
  return [...readOnly, ...hidden, ...folders, SANDBOX_FOLDER, ...ISOLATION, ...variables];
}
