import { StigmerError } from "../../src/base/errors.ts";
import type { Client } from "../../src/client/client.ts";
import type { Run } from "../../src/schema/api/run.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { INTERRUPTED, untilInterrupted } from "../interrupt.ts";
import { viewFor } from "./choose-view.ts";
import { reportEnd } from "./report-end.ts";
import { type RunView, silentView } from "./view.ts";

/** A restart takes seconds. */
const AWAY_MAX_MS = 60_000;

/** Watches a run to its end, prints how it ended and answers the exit status. Ctrl-C ends only the watching. */
export async function followRun(
  client: Client,
  run: Run,
  terminal: Terminal,
  options: { events: boolean },
): Promise<number> {
  const view = options.events ? silentView : viewFor(terminal);
  const status = await untilInterrupted(async (signal) => {
    try {
      const onDisconnect = (): void => sayAway(options.events, view, terminal);
      const following = { follow: true, signal, onDisconnect, awayMaxMs: AWAY_MAX_MS };
      for await (const event of client.events(run.id, following)) {
        if (options.events) terminal.printJsonLine(event);
        else view.show(event);
      }
    } catch (error) {
      if (!signal.aborted) throw explain(error, run.id);
    } finally {
      view.end();
    }
  });
  if (status === INTERRUPTED) {
    sayHowToGoOn(run.id, terminal);
    return INTERRUPTED;
  }
  return reportEnd(await client.getRun(run.id), terminal, options);
}

/** Whoever waits for the result must not wait for a server that does not come back. */
function explain(error: unknown, id: string): unknown {
  if (!(error instanceof StigmerError) || error.code !== "unavailable") return error;
  const message = `${error.message}: the run goes on when it is back`;
  const hint = `"stigmer server" starts it; "stigmer runs events ${id} -f" goes on watching`;
  return new StigmerError("unavailable", message, { hint, cause: error });
}

/** The client comes back by itself; nothing of the run is lost meanwhile. */
function sayAway(isStream: boolean, view: RunView, terminal: Terminal): void {
  const line = "the server is away: waiting for it to come back (Ctrl-C ends the watching)";
  if (isStream) terminal.talk.warn(line);
  else view.note(line);
}

/** Said even with --quiet: who presses Ctrl-C must know that nothing was cancelled. */
function sayHowToGoOn(id: string, terminal: Terminal): void {
  terminal.talk.warn(
    `the run goes on: follow with "stigmer runs events ${id} -f", cancel with "stigmer runs cancel ${id}"`,
  );
}
