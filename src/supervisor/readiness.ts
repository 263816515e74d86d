import { z } from "zod";

import { PartStatus } from "../base/part-status.ts";

const ANSWER_MAX_MS = 2_000;

const Answer = z.object({
  parts: z.array(PartStatus),
  journalProblem: z.string().optional(),
});

/** What a server says of itself while it starts. */
export interface Readiness {
  readonly isReady: boolean;
  /** Whose lack will not pass by itself, if so. A server ends of a part that can't start, unless it was ready before. */
  readonly hopeless: "part" | "journal" | undefined;
  /** What it lacks, as far as it says. */
  readonly trouble: string | undefined;
}

const SILENT: Readiness = { isReady: false, hopeless: undefined, trouble: undefined };

/** Asks a server whether it is ready; one that does not answer is not. */
export async function askReadiness(url: string): Promise<Readiness> {
  try {
    const response = await fetch(new URL("/readyz", url), {
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    const text = await response.text();
    if (response.status === 200) return { ...SILENT, isReady: true };
    return judge(Answer.parse(JSON.parse(text)));
  } catch {
    return SILENT;
  }
}

function judge({ parts, journalProblem }: z.infer<typeof Answer>): Readiness {
  const failed = parts.find(({ state }) => state === "failed");
  if (failed) return { isReady: false, hopeless: "part", trouble: describe(failed) };
  const late = parts.find(({ state }) => state !== "ready");
  // While a part is on its way, what was last known of the journal may be of its predecessor.
  if (late) return { isReady: false, hopeless: undefined, trouble: describe(late) };
  const hopeless = journalProblem === undefined ? undefined : "journal";
  return { isReady: false, hopeless, trouble: journalProblem };
}

function describe({ name, state, lastError }: PartStatus): string {
  return `${name} is ${state}${lastError === undefined ? "" : ` (it ${lastError})`}`;
}
