import { entry, group } from "./define.ts";

/** Every command, in the order in which help lists them. Each is loaded when it is called, so that none costs another. */
export const main = group(
  {
    completion: entry(
      "Print a script that completes stigmer's words in your shell",
      async () => (await import("./completion.ts")).completion,
    ),
    version: entry("Print which build this is", async () => (await import("./version.ts")).version),
  },
  {
    details: "AI agents and durable workflows from one file",
    examples: ["stigmer server", "stigmer apply -f agent.yaml", 'stigmer run writer -m "Hello"'],
  },
);
