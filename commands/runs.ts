import { entry, group } from "./define.ts";

export const runs = group(
  {
    list: entry("List runs, the newest first", async () => (await import("./runs/list.ts")).list),
    get: entry("Show one run", async () => (await import("./runs/get.ts")).get),
    events: entry(
      "Show what happened in a run",
      async () => (await import("./runs/events.ts")).events,
    ),
    cancel: entry(
      "End a run and its children",
      async () => (await import("./runs/control.ts")).cancel,
    ),
    pause: entry(
      "Start nothing new in a run",
      async () => (await import("./runs/control.ts")).pause,
    ),
    resume: entry(
      "Go on with a paused run",
      async () => (await import("./runs/control.ts")).resume,
    ),
    signal: entry("Send an event to a run", async () => (await import("./runs/signal.ts")).signal),
  },
  { examples: ["stigmer runs list --status running", "stigmer runs events run_0199… -f"] },
);
