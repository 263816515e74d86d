import { entry, group } from "./define.ts";

export const config = group(
  {
    list: entry(
      "List every setting, and who set it",
      async () => (await import("./config/list.ts")).list,
    ),
    get: entry("Print one setting", async () => (await import("./config/get.ts")).get),
    set: entry("Write one setting", async () => (await import("./config/set.ts")).set),
    unset: entry(
      "Take one setting out of config.yaml",
      async () => (await import("./config/unset.ts")).unset,
    ),
    path: entry(
      "Print where the settings are kept",
      async () => (await import("./config/path.ts")).path,
    ),
  },
  {
    details:
      "A flag wins over a STIGMER_* variable, a variable over stigmer.yaml in this folder, that over config.yaml in the home.\n" +
      "A stigmer.yaml may set llm.provider, llm.model, server.port and logLevel; the rest is yours to set.",
    examples: ["stigmer config list", "stigmer config set llm.provider anthropic"],
  },
);
