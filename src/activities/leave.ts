import { messageOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { LeaveRequest } from "../schema/wire/activity.ts";

const ANSWER_MS = 5_000;

/**
 * Lets the agent-runner know of runs that were cancelled, so that it keeps nothing for them. Best effort: what it is
 * not told ends a while later by itself. However many runs end at once, there is one request at a time.
 */
export function createLeave(agentRunner: string, log: Pick<Log, "debug">): (runId: string) => void {
  const waiting: string[] = [];
  let sending: Promise<void> | undefined;
  const sendAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      try {
        await send(agentRunner, { runIds: waiting.splice(0) });
      } catch (error) {
        log.debug(`the agent-runner was not told of cancelled runs: ${messageOf(error)}`);
      }
    }
    sending = undefined;
  };
  return (runId) => {
    waiting.push(runId);
    sending ??= sendAll();
  };
}

async function send(socket: string, body: LeaveRequest): Promise<void> {
  const response = await fetch("http://part/leave", {
    unix: socket,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  await response.body?.cancel();
}
