import { entry, group } from "./define.ts";

export const service = group(
  {
    install: entry(
      "Have the server started at each login, and now",
      async () => (await import("./service/install.ts")).install,
    ),
    uninstall: entry(
      "Stop the server and start it no more",
      async () => (await import("./service/uninstall.ts")).uninstall,
    ),
    status: entry(
      "Show whether the server is started at login",
      async () => (await import("./service/status.ts")).status,
    ),
  },
  {
    details:
      "Hands the server to what keeps programs alive here: systemd on Linux, launchd on macOS. It needs no root.",
    examples: ["stigmer service install", "stigmer service status", "stigmer service uninstall"],
  },
);
