import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { places, say } from "./places.ts";
import { type Count, readReport } from "./test-report.ts";

interface Step {
  readonly name: string;
  readonly command: string[];
  /** How many things it tested, from what it left behind or printed. */
  readonly count: (output: string) => Count;
}

const report = join(places.root, "dist/test/report.xml");
/** A step that only passes or fails as a whole adds to the counts when it fails. */
const whole = (): Count => ({ passed: 0, failed: 0 });

const steps: readonly Step[] = [
  { name: "check", command: ["make", "check"], count: whole },
  { name: "build", command: ["make", "build", "build-test"], count: whole },
  {
    name: "test",
    // All but the sessions, which the next step plays and counts command by command.
    command: [
      "bun",
      "test",
      "--timeout=60000",
      "--test-name-pattern=^(?!the session .* prints)",
      "--reporter=junit",
      `--reporter-outfile=${report}`,
    ],
    count: () => readReport(report),
  },
  { name: "terminal sessions", command: ["bun", "test/cli/run.ts"], count: readLastLine },
  {
    name: "release",
    command: ["bun", "src/build/test-release.ts", "--reachable"],
    count: readLastLine,
  },
  { name: "demo", command: ["bun", "test/demo/main.ts"], count: readLastLine },
];

mkdirSync(join(places.root, "dist/test"), { recursive: true });
rmSync(report, { force: true });
let passed = 0;
let failed = 0;
for (const step of steps) {
  say(`== ${step.name}`);
  const { output, isOk } = await runStep(step.command);
  const count = step.count(output);
  passed += count.passed;
  // A step that failed without saying what failed is one failure itself.
  failed += isOk ? count.failed : Math.max(count.failed, 1);
}
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Shows what the step says while it runs, and keeps it. */
async function runStep(command: string[]): Promise<{ output: string; isOk: boolean }> {
  const child = Bun.spawn(command, { cwd: places.root, stdout: "pipe", stderr: "inherit" });
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of child.stdout) {
    process.stdout.write(chunk);
    output += decoder.decode(chunk, { stream: true });
  }
  return { output, isOk: (await child.exited) === 0 };
}

/** The last `N passed, N failed` that a step printed. */
function readLastLine(output: string): Count {
  const [, passedText, failedText] =
    [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1) ?? [];
  return { passed: Number(passedText ?? 0), failed: Number(failedText ?? 0) };
}
