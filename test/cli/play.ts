import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { pathsOf } from "../../src/base/paths.ts";
import { stopDaemon } from "../../src/supervisor/stop-daemon.ts";
import { startModel } from "./model.ts";
import { type Places, withPlaceholders } from "./placeholders.ts";
import type { Printed, Session } from "./session.ts";

/** STIGMER_BINARY plays against another build, such as an installed one. */
export const BINARY = resolve(process.env["STIGMER_BINARY"] ?? "dist/stigmer");
/** A session that takes longer hangs. */
const SESSION_MAX_MS = 120_000;

/** Runs the commands of a session in one shell, in a folder and a home of its own. */
export async function play(session: Session): Promise<Printed[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "stigmer-cli-")));
  const places = {
    root,
    home: join(root, "home"),
    folder: join(root, "folder"),
    port: freePort(),
  };
  const model = session.model === undefined ? undefined : await startModel(session.model);
  try {
    mkdirSync(places.folder);
    for (const [name, text] of session.files) writeInto(places.folder, name, text);
    await runScript(session, places, model?.environment ?? {});
    return session.steps.map((_, index) => printedBy(index, places));
  } finally {
    await stopDaemon(pathsOf(places.home), { graceMs: 5_000 });
    await model?.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

function writeInto(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function runScript(
  session: Session,
  places: Places,
  environment: Record<string, string>,
): Promise<void> {
  const { root } = places;
  const script = session.steps.map(({ command }, index) => {
    const out = join(root, String(index));
    return `{ ${command}\n} >${out}.stdout 2>${out}.stderr; echo $? >${out}.status`;
  });
  writeFileSync(join(root, "session.sh"), `set -o pipefail\n${script.join("\n")}\n`);
  const bin = join(root, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "stigmer"), `#!/bin/sh\nexec '${BINARY}' "$@"\n`, { mode: 0o755 });
  const child = Bun.spawn(["bash", join(root, "session.sh")], {
    cwd: places.folder,
    env: {
      PATH: `${bin}:${process.env["PATH"] ?? ""}`,
      HOME: join(root, "user"),
      LANG: "C.UTF-8",
      TZ: "UTC",
      TERM: "xterm-256color",
      STIGMER_HOME: places.home,
      // No Ollama of this machine is ever asked.
      OLLAMA_HOST: "http://127.0.0.1:1",
      STIGMER_SERVER_PORT: String(places.port),
      ...environment,
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
    timeout: SESSION_MAX_MS,
    killSignal: "SIGKILL",
  });
  await child.exited;
}

function printedBy(index: number, places: Places): Printed {
  const read = (what: string): string => readOrEmpty(join(places.root, `${index}.${what}`));
  return {
    stdout: withPlaceholders(read("stdout"), places),
    stderr: withPlaceholders(read("stderr"), places),
    // A command that was never reached has no status.
    exitCode: Number(read("status").trim() || Number.NaN),
  };
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
