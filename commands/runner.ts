import { entry, group } from "./define.ts";

export const runner = group(
  {
    path: entry(
      "Print where the agent-runner is",
      async () => (await import("./runner/path.ts")).path,
    ),
    list: entry(
      "List the installed agent-runners",
      async () => (await import("./runner/list.ts")).list,
    ),
    verify: entry(
      "Check every installed agent-runner",
      async () => (await import("./runner/verify.ts")).verify,
    ),
    rollback: entry(
      "Go back to the agent-runner that was used before",
      async () => (await import("./runner/rollback.ts")).rollback,
    ),
    reset: entry(
      "Use the agent-runner of this build again",
      async () => (await import("./runner/reset.ts")).reset,
    ),
    prune: entry(
      "Remove the agent-runners that nobody needs",
      async () => (await import("./runner/prune.ts")).prune,
    ),
    install: entry(
      "Install an agent-runner from a file",
      async () => (await import("./runner/install.ts")).install,
    ),
    export: entry(
      "Write a copy of the agent-runner to a file",
      async () => (await import("./runner/export.ts")).exportCommand,
    ),
  },
  {
    details:
      "The agent-runner is one file that stigmer carries, installs and repairs by itself. These commands look after it.",
    examples: ["stigmer runner list", "stigmer runner verify"],
  },
);
