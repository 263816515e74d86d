import { existsSync, readFileSync } from "node:fs";

import { StigmerError } from "../../src/base/errors.ts";
import type { Paths } from "../../src/base/paths.ts";
import { bringRunner, readBrought } from "../../src/release/bring-runner.ts";
import { judgeFile } from "../../src/release/judge.ts";
import { folderNameOf, runnerPath } from "../../src/release/layout.ts";
import { expectationOf } from "../../src/release/runner-file.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { offlineFlag, releaseEnvironment } from "./environment.ts";
import { ownBuild } from "./own-build.ts";
import { tellOfRunningServer } from "./running-server.ts";
import { showDownload } from "./show-download.ts";

export const install = command({
  details:
    "The file must be the one that this build knows by its SHA-256, unless you vouch for another. That one is used until `stigmer runner reset`. STIGMER_DOWNLOAD_STALL=<seconds> changes how long a download waits for the next byte (30).",
  examples: [
    "stigmer runner install --from ./agent-runner-v1.0.0-linux-amd64",
    "stigmer runner install --from https://mirror.example.com/agent-runner-v1.0.0-linux-amd64",
  ],
  args: {
    from: {
      type: "string",
      required: true,
      valueHint: "FILE|URL",
      description: "The file to install; from an address only the one that this build knows",
    },
    allowDigest: {
      type: "string",
      valueHint: "SHA256",
      description: "Trust a file of this digest that the build does not know",
    },
    offline: offlineFlag,
  },
  async run({ from, allowDigest, offline }, terminal) {
    if (allowDigest !== undefined) requireDigest(allowDigest);
    const options = {
      build: ownBuild,
      environment: releaseEnvironment(offline),
      allowedSha256: allowDigest,
      onProgress: (message: string) => terminal.talk.info(message),
      ...showDownload(terminal),
    };
    const paths = homePaths();
    const isAddress = /^(?:https?|file):/.test(from);
    if (!isAddress) requireThere(from);
    // From an address nothing but the runner of this build is taken.
    const kept = isAddress ? installedBytes(paths) : undefined;
    if (kept) terminal.talk.info("already installed; nothing was fetched");
    const bytes = kept ?? (await readBrought(paths, from, options));
    const runner = await bringRunner(paths, bytes, options);
    if (terminal.isJson) return terminal.printJson(runner);
    terminal.print(`agent-runner ${runner.version} is installed: ${runner.path}`);
    if (!kept) tellOfRunningServer(paths, terminal);
  },
});

function installedBytes(paths: Paths): Uint8Array | undefined {
  const expected = expectationOf(ownBuild);
  const path = runnerPath(paths, folderNameOf(expected));
  const { verdict } = judgeFile(path, expected, { thorough: true });
  return verdict === "good" ? readFileSync(path) : undefined;
}

function requireThere(file: string): void {
  if (existsSync(file)) return;
  throw new StigmerError("not_found", `there is no file "${file}"`, {
    hint: "name a file that `stigmer runner export` wrote, or one of a release",
  });
}

function requireDigest(word: string): void {
  if (/^[0-9a-f]{64}$/i.test(word)) return;
  throw new StigmerError("usage", `"--allow-digest" takes a SHA-256, not "${word}"`, {
    hint: "it has 64 digits from 0 to f, as sha256sum prints them",
  });
}
