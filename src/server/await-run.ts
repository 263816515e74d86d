import { StigmerError } from "../base/errors.ts";
import type { Run } from "../schema/api/run.ts";
import type { Services } from "./services.ts";

/** How long an answer waits for the journal to tell what the request has done. */
const WAIT_MS = 2_000;

export function isEnded(run: Run): boolean {
  return run.endedAt !== undefined;
}

export async function requireRun({ store }: Pick<Services, "store">, id: string): Promise<Run> {
  const run = await store.runs.get(id);
  if (run) return run;
  throw new StigmerError("not_found", `there is no run "${id}"`, {
    hint: "see `stigmer runs list`",
  });
}

/** The run once it is as awaited, or as it is when that takes too long. */
export async function awaitRun(
  services: Pick<Services, "store" | "feed">,
  id: string,
  isAwaited: (run: Run) => boolean,
): Promise<Run> {
  const subscription = services.feed.subscribe(id);
  try {
    const deadlineMs = performance.now() + WAIT_MS;
    for (;;) {
      const run = await requireRun(services, id);
      const leftMs = deadlineMs - performance.now();
      if (isAwaited(run) || leftMs <= 0) return run;
      if ((await subscription.next(leftMs)) === "closed") return run;
    }
  } finally {
    subscription.close();
  }
}
