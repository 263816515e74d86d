import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { messageOf, StigmerError } from "../base/errors.ts";
import { places, say } from "./places.ts";
import { createKeyPair } from "./release/minisign.ts";
import { runStep } from "./run-step.ts";

await runStep(() => {
  const [, , asked, publicPath = places.releaseKey] = process.argv;
  if (!asked) {
    throw new StigmerError("usage", "the secret key needs a place", {
      hint: "make release-key SECRET=/safe/place/stigmer.key",
    });
  }
  if (existsSync(publicPath)) {
    throw new StigmerError("conflict", `${publicPath} is there already`, {
      hint: "programs in people's hands trust that key alone; to give it up, delete the file first",
    });
  }
  const { secretFile, publicFile, key } = createKeyPair();
  const secretPath = resolve(asked);
  writeNew(secretPath, secretFile);
  writeFileSync(publicPath, publicFile);
  say("secret key", secretPath, "keep it out of the repository, and a copy of it somewhere safe");
  say("public key", publicPath, key.publicKey, "commit it");
});

/** Never over a file that is there: it may be the only copy of another key. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new StigmerError("conflict", `the secret key cannot be written: ${messageOf(error)}`, {
      hint: "SECRET is the path of a file that is not there yet, in a folder that is",
      cause: error,
    });
  }
}
