import { StigmerError } from "../../base/errors.ts";
import { sha256Hex } from "../../base/sha256.ts";
import type { Source } from "../sources.ts";

/** The copy inside this very binary. Hashed like any other: the runtime does not notice a damaged payload. */
export const embeddedCopy: Source = {
  name: "embedded",
  read: async ({ build }) => {
    const bytes = await Bun.file(build.embedded.file).bytes();
    if (sha256Hex(bytes) === build.embedded.sha256) return bytes;
    throw new StigmerError("checksum_mismatch", `the binary ${process.execPath} is damaged`);
  },
};
