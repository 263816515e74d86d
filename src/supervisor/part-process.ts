import { PARENT_VARIABLE } from "../base/die-with-parent.ts";
import { readLines } from "../base/lines.ts";
import { CANNOT_START } from "../base/part-status.ts";
import { childEnvironment } from "../base/process-environment.ts";
import { identityOf } from "../base/process-identity.ts";
import { type Complaint, complaintIn, printedComplaint } from "./complaint.ts";

/** A longer line is cut, so that no part can fill the memory; a dying part may not end its last one. */
const PART_LINES = { charactersMax: 256 * 1024, whenLonger: "cut", keepRest: true } as const;
/** How long the last lines of a dead part may take to arrive. */
const LAST_WORDS_MS = 500;

/** How a process ended. */
export interface PartEnd extends Complaint {
  /** It said that another try would end the same way. */
  readonly isFinal: boolean;
}

/** A running part, as the supervisor sees it. */
export interface PartProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly ended: Promise<PartEnd>;
  /** False as soon as it runs no code any more, even if nobody has collected it yet. */
  isAlive(): boolean;
  /** To the part alone with SIGTERM; with SIGKILL also to all that it started. */
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

export interface PartStart {
  readonly command: string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly onLine: (line: string) => void;
}

/** Starts a part in a session of its own: a Ctrl-C in the terminal reaches the server, which stops it in order. */
export function startPart({ command, environment, folder, onLine }: PartStart): PartProcess {
  const child = Bun.spawn(command, {
    cwd: folder,
    env: childEnvironment(process.env, { ...environment, [PARENT_VARIABLE]: String(process.pid) }),
    // Held open for as long as this process lives; its end tells the part that this process is gone.
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  const identity = identityOf(child.pid);
  let complaint: Complaint | undefined;
  const hear = (line: string): void => {
    onLine(line);
    complaint = complaintIn(line) ?? printedComplaint([line]) ?? complaint;
  };
  const talk = Promise.all([forward(child.stdout, hear), forward(child.stderr, hear)]);
  return {
    pid: child.pid,
    ended: endOf(child, talk, () => complaint),
    isAlive: () =>
      identity !== undefined && identityOf(child.pid)?.startTime === identity.startTime,
    kill: (signal) => {
      if (signal === "SIGKILL") killGroup(child.pid);
      child.kill(signal);
    },
  };
}

async function endOf(
  child: Bun.Subprocess,
  talk: Promise<unknown>,
  complaint: () => Complaint | undefined,
): Promise<PartEnd> {
  await child.exited;
  killGroup(child.pid);
  // A descendant that left the group may hold the pipes open for ever.
  await Promise.race([talk, Bun.sleep(LAST_WORDS_MS)]);
  if (child.signalCode) return { message: `was ended by ${child.signalCode}`, isFinal: false };
  const own = complaint();
  if (child.exitCode === CANNOT_START && own) return { ...own, isFinal: true };
  const lastError = own ? `; its last error: ${own.message}` : "";
  return { message: `exited with status ${child.exitCode}${lastError}`, isFinal: false };
}

/** What the part started and left behind goes with it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is empty: nothing was left behind.
  }
}

async function forward(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  for await (const line of readLines(stream, PART_LINES)) if (line.trim() !== "") onLine(line);
}
