import { expect, test } from "bun:test";
import { join } from "node:path";

/** A process that is asked to stop and takes longer than anybody waits; says each of its steps. */
function slowToStop(): Bun.Subprocess<"ignore", "pipe"> {
  const source = `
    import { untilStopAsked } from ${JSON.stringify(join(import.meta.dir, "stop-signals.ts"))};
    const asked = untilStopAsked(["SIGTERM", "SIGINT"]);
    console.log("ready");
    console.log(await asked);
    const timer = setInterval(() => console.log("SIGTERM " + process.listenerCount("SIGTERM")), 20);
    setTimeout(() => clearInterval(timer), 60_000);`;
  return Bun.spawn([process.execPath, "-e", source], { stdin: "ignore", stdout: "pipe" });
}

test("repeats at once are the same wish, and a later one ends the process", async () => {
  const child = slowToStop();
  const seen: string[] = [];
  const until = async (word: string): Promise<void> => {
    for await (const chunk of child.stdout.values({ preventCancel: true })) {
      seen.push(...new TextDecoder().decode(chunk).split("\n"));
      if (seen.includes(word)) return;
    }
    throw new Error(`it ended before it said ${word}: ${seen.join(" ")}`);
  };

  await until("ready");
  child.kill("SIGTERM");
  await until("SIGTERM 1");
  child.kill("SIGTERM");
  child.kill("SIGINT");
  await until("SIGTERM 0");
  child.kill("SIGTERM");
  await child.exited;

  expect(seen).toContain("SIGTERM");
  expect(child.signalCode).toBe("SIGTERM");
});
