import type { JournalLine } from "../schema/wire/workflow-runner.ts";

export type ProgressLine = Extract<JournalLine, { type: "progress" }>;

/** Hands what activities show to whoever watches at the moment; nothing is kept. */
export interface ProgressFeed {
  show(progress: Omit<ProgressLine, "type">): void;
  /** Answers what ends the watching. */
  watch(watcher: (line: ProgressLine) => void): () => void;
}

export function createProgressFeed(): ProgressFeed {
  const watchers = new Set<(line: ProgressLine) => void>();
  return {
    show: (progress) => {
      for (const watcher of watchers) watcher({ type: "progress", ...progress });
    },
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
