import type { RunEvent } from "../../src/schema/api/run-event.ts";

/** Shows a run to whoever watches. */
export interface RunView {
  show(event: RunEvent): void;
  /** Something about the watching itself. */
  note(line: string): void;
  /** Leaves the terminal as it was found, apart from the lines that stay. */
  end(): void;
}

export const silentView: RunView = { show: () => {}, note: () => {}, end: () => {} };
