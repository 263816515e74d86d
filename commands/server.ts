import { entry, group } from "./define.ts";

export const server = group(
  {
    start: entry(
      "Start the server in the background, and return when it is ready",
      async () => (await import("./server/start.ts")).start,
    ),
    stop: entry("Stop the server", async () => (await import("./server/stop.ts")).stop),
    restart: entry(
      "Stop the server and start it again",
      async () => (await import("./server/restart.ts")).restart,
    ),
    status: entry(
      "Show how the server and its parts are",
      async () => (await import("./server/status.ts")).status,
    ),
    logs: entry(
      "Show what the server and its parts wrote",
      async () => (await import("./server/logs.ts")).logs,
    ),
  },
  {
    fallback: "start",
    details: '"stigmer server" alone starts it; every flag of "stigmer server start" may follow.',
    examples: ["stigmer server", "stigmer server --port 8080", "stigmer server status"],
  },
);
