import { entry, group } from "./define.ts";

/** Every command, in the order in which help lists them. Each is loaded when it is called, so that none costs another. */
export const main = group(
  {
    server: entry(
      "Start the server, and look after it",
      async () => (await import("./server.ts")).server,
    ),
    apply: entry(
      "Create or change agents and workflows",
      async () => (await import("./apply.ts")).apply,
    ),
    validate: entry(
      "Check manifests without a server",
      async () => (await import("./validate.ts")).validate,
    ),
    get: entry("Show one agent or workflow", async () => (await import("./get.ts")).get),
    list: entry("List agents or workflows", async () => (await import("./list.ts")).list),
    delete: entry(
      "Delete an agent or workflow",
      async () => (await import("./delete.ts")).deleteResource,
    ),
    run: entry("Run an agent or a workflow, and watch", async () => (await import("./run.ts")).run),
    runs: entry(
      "See and steer what runs and has run",
      async () => (await import("./runs.ts")).runs,
    ),
    exec: entry(
      "Run a workflow here, without a server",
      async () => (await import("./exec.ts")).exec,
    ),
    jq: entry("Filter JSON with the jq language", async () => (await import("./jq.ts")).jq),
    service: entry("Run the server at login", async () => (await import("./service.ts")).service),
    config: entry("Read and write settings", async () => (await import("./config.ts")).config),
    runner: entry("Look after the agent-runner", async () => (await import("./runner.ts")).runner),
    doctor: entry("Find out what is wrong", async () => (await import("./doctor.ts")).doctor),
    upgrade: entry(
      "Replace this program by a newer release",
      async () => (await import("./upgrade.ts")).upgrade,
    ),
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
