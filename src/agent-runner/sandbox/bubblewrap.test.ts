import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { defaultLimits, type Limits } from "../limits.ts";
import { createReaper } from "../process/reaper.ts";
import { probeBubblewrap } from "./bubblewrap.ts";
import { runInSandbox } from "./run.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const reaper = createReaper();
const probe = await probeBubblewrap({
  home: tmpdir(),
  environment: process.env,
  reaper,
  limits: defaultLimits,
});
if ("refusal" in probe) console.warn(`SKIPPED: what the sandbox shows. ${probe.refusal}`);

/** Where a test may put something among the programs; often only root has such a place. */
const systemFolder = ["/opt", "/usr/local/lib", "/usr/lib"].find((folder) => isWritable(folder));
if (!systemFolder) console.warn("SKIPPED: a home among the programs. No such folder is writable.");

let workspace = "";
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), "stigmer-sandbox-"));
});
afterAll(() => {
  rmSync(workspace, { recursive: true });
  reaper.stop();
});

interface Place {
  readonly home?: string;
  readonly userHome?: string;
  readonly workspace?: string;
  readonly limits?: Partial<Limits>;
}

async function linesOf(script: string, place: Place = {}): Promise<string[]> {
  const environment = { ...process.env, ...(place.userHome && { HOME: place.userHome }) };
  const home = place.home ?? tmpdir();
  const limits = { ...defaultLimits, ...place.limits };
  const box = await probeBubblewrap({ home, environment, reaper, limits });
  if ("refusal" in box) throw new Error(box.refusal);
  const { output } = await runInSandbox(box.sandbox, {
    command: ["/bin/sh", "-c", script],
    workspace: place.workspace ?? workspace,
    outputBytesMax: 10_000,
    timeLimitMs: 50_000,
    signal: new AbortController().signal,
  });
  return output.toString().trimEnd().split("\n");
}

describe.skipIf("refusal" in probe)("in the sandbox", () => {
  test("there is what programs read of /etc, and no settings of services", async () => {
    const names = await linesOf("ls -A /etc /etc/ssl");

    for (const name of ["shadow", "sudoers", "hosts", "ssh", "cron.d", "private"]) {
      expect(names).not.toContain(name);
    }
    expect(names).toContain("passwd");
    expect(await linesOf(`getent passwd "$(id -u)" > /dev/null && echo known`)).toEqual(["known"]);
  });

  describe.skipIf(systemFolder === undefined)("when they lie among the programs", () => {
    let base = "";
    beforeAll(() => {
      base = mkdtempSync(join(systemFolder ?? "", "stigmer-sandbox-"));
      mkdirSync(join(base, "state/workspaces/run_1"), { recursive: true });
      mkdirSync(join(base, "user"));
      writeFileSync(join(base, "state/token"), "the token\n");
      writeFileSync(join(base, "user/key"), "the key\n");
      writeFileSync(join(base, "program"), "a program\n");
      symlinkSync(join(base, "state"), join(base, "link"));
    });
    afterAll(() => rmSync(base, { recursive: true }));

    test("nobody sees the state and the home, and the workspace is still there", async () => {
      const lines = await linesOf(
        `cd ${base}; cat state/token link/token user/key; touch state/x && echo written; cat program; pwd > /workspace/kept`,
        {
          home: join(base, "link"),
          userHome: join(base, "user"),
          workspace: join(base, "state/workspaces/run_1"),
        },
      );

      expect(lines.filter((line) => /^(?:the|written|a )/.test(line))).toEqual(["a program"]);
      expect(readFileSync(join(base, "state/workspaces/run_1/kept"), "utf8")).toBe(`${base}\n`);
    });

    test("nobody sees a state that lies in the home", async () => {
      const place = { home: join(base, "user/state"), userHome: join(base, "user") };
      mkdirSync(place.home);
      writeFileSync(join(place.home, "token"), "the token\n");

      const lines = await linesOf(
        `cat ${place.home}/token ${base}/user/key 2>/dev/null; pwd`,
        place,
      );

      expect(lines).toEqual(["/workspace"]);
    });
  });

  test("a program has its limits, and can't lift them", async () => {
    const limits = {
      sandboxProcessesMax: 300,
      sandboxMemoryBytesMax: 512 * 1_024 ** 2,
      sandboxFileBytesMax: 1_024 ** 2,
    };

    const lines = await linesOf(
      `grep -e processes -e "data size" -e "Max file size" /proc/self/limits | tr -s ' '
       (ulimit -f unlimited) 2>/dev/null && echo lifted
       (head -c 2000000 /dev/zero > large; true) 2>/dev/null; wc -c < large
       awk 'BEGIN { s = sprintf("%1000000s", ""); for (i = 0; i < 11; i++) s = s s; print "grew" }' 2>/dev/null`,
      { limits },
    );

    expect(lines.map((line) => line.trim())).toEqual([
      "Max file size 1048576 1048576 bytes",
      "Max data size 536870912 536870912 bytes",
      "Max processes 300 300 processes",
      "1048576",
    ]);
  });
});

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
