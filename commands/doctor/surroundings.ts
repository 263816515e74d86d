import { lstatSync, statSync } from "node:fs";
import { join } from "node:path";

import { buildTime } from "../../src/base/build-info.ts";
import { isLocked, lockHolder } from "../../src/base/file-lock.ts";
import type { Paths } from "../../src/base/paths.ts";
import { kindOf } from "../../src/base/regular-file.ts";
import { readTrust } from "../../src/release/download/trust.ts";
import { lockPath } from "../../src/release/layout.ts";
import { type Finding, note, ok, problem } from "./finding.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What two looks at a clock may differ by. */
const CLOCK_SLACK_MS = 60_000;
const PROXIES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

/** Whether the clock can be believed: what was written last is not of the future, nor is this program. */
export function checkClock({ journal, database }: Paths, nowMs: number): Finding {
  const written = [journal, `${journal}-wal`, database, `${database}-wal`].map(changedMs);
  const latestMs = Math.max(Date.parse(buildTime) || 0, ...written);
  if (latestMs <= nowMs + CLOCK_SLACK_MS) return ok("clock", "nothing here is of the future");
  return problem(
    "clock",
    `it is ${format(nowMs)}, but something here was written at ${format(latestMs)}: the clock was set back`,
    "set it, as with: timedatectl set-ntp true",
  );
}

function changedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function format(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
}

/** Who holds a lock that a start needs. The kernel frees those of the dead, so none is ever stale. */
export function checkLocks(paths: Paths): Finding[] {
  const locks = [
    { path: join(paths.run, "start.lock"), what: "start the server" },
    { path: lockPath(paths), what: "install an agent-runner" },
  ];
  const foreign = locks.flatMap(({ path }) => foreignAt(path));
  if (foreign.length > 0) return foreign;
  const held = locks.filter(({ path }) => isLocked(path));
  if (held.length === 0) return [ok("locks", "nobody holds one that a start needs")];
  return held.map(({ path, what }) => {
    const pid = lockHolder(path)?.pid;
    const fix = pid === undefined ? "wait for it" : `wait for it, or end it: kill ${pid}`;
    return note("locks", `process ${pid ?? "(unknown)"} is about to ${what}`, fix);
  });
}

/** What nobody can lock, so that no start gets past it. */
function foreignAt(path: string): Finding[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found || found.isFile()) return [];
  return [problem("locks", `${path} is ${kindOf(found)}, not a file`, `mv ${path} ${path}.old`)];
}

/** What stands between here and the network: proxies, and the authorities that people name. */
export function checkNetwork(environment: Environment): Finding[] {
  const proxies = PROXIES.flatMap((name) => proxyOf(name, environment));
  const trouble = readTrust(environment).trouble.map((text) =>
    problem("certificates", text, "name a file of PEM certificates that can be read, or unset it"),
  );
  if (proxies.length + trouble.length > 0) return [...proxies, ...trouble];
  return [ok("network", "no proxy is set, and no certificates but the system's are needed")];
}

function proxyOf(name: string, environment: Environment): Finding[] {
  const text = environment[name.toLowerCase()] || environment[name];
  if (!text) return [];
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (!url?.hostname) {
    return [problem("network", `${name} is no URL`, `write it like ${name}=http://proxy:3128`)];
  }
  // The name and password in it are nobody's business.
  return [ok("network", `${name} leads through ${url.protocol}//${url.host}`)];
}
