import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { StigmerError } from "../base/errors.ts";
import { places, say } from "./places.ts";
import { createKeyPair } from "./release/minisign.ts";

const secretPath = resolve(process.argv[2] || refuse());
if (existsSync(places.releaseKey)) {
  throw new StigmerError("conflict", `${places.releaseKey} is there already`, {
    hint: "programs in people's hands trust that key alone; to give it up, delete the file first",
  });
}
const { secretFile, publicFile, key } = createKeyPair();
// Never over a file that is there: it may be the only copy of another key.
writeFileSync(secretPath, secretFile, { mode: 0o600, flag: "wx" });
writeFileSync(places.releaseKey, publicFile);
say("secret key ", secretPath, "keep it out of the repository, and a copy somewhere safe");
say("public key ", places.releaseKey, key.publicKey, "commit it");

function refuse(): never {
  throw new StigmerError("usage", "the secret key needs a place", {
    hint: "make release-key SECRET=/safe/place/stigmer.key",
  });
}
