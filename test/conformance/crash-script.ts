import type { Script } from "./script-program.ts";

export const CRASH_RUN = "run_crash";

const act = (input: string): Script => ({ do: "activity", name: "act", input });
const flaky: Script = {
  do: "activity",
  name: "act",
  input: "flaky",
  retry: { attemptsMax: 5, delayMs: 2, factor: 1, delayMaxMs: 2 },
};

/** Everything that a backend does, in one run that still ends the same way each time. */
export const CRASH_SCRIPT: Script = {
  do: "sequence",
  steps: [
    act("first"),
    { do: "all", steps: [act("left"), act("right"), { do: "timer", ms: 5 }] },
    { do: "note", text: "half way" },
    {
      do: "race",
      steps: [{ do: "event", name: "never" }, act("winner"), { do: "timer", ms: 60_000 }],
    },
    { do: "event", name: "go" },
    {
      do: "child",
      script: { do: "sequence", steps: [act("child"), { do: "child", script: act("deep") }] },
    },
    {
      do: "race",
      steps: [
        { do: "timer", ms: 3 },
        { do: "child", script: { do: "event", name: "never" } },
      ],
    },
    flaky,
    { do: "catch", step: { do: "child", script: act("none"), program: "missing" } },
    act("big"),
    act("last"),
  ],
};
