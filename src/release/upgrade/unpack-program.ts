import { messageOf, StigmerError } from "../../base/errors.ts";

const PROGRAM = "stigmer";

/** The program out of a release's archive: the regular file of that very name, whatever else the archive holds. */
export async function unpackProgram(
  archive: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await find(archive, name);
  if (file && file.size > 0) return file.bytes();
  throw new StigmerError("failed", `${name} holds no file called ${PROGRAM}`, {
    hint: "the release is not what it should be; please report this",
  });
}

async function find(archive: Uint8Array<ArrayBuffer>, name: string): Promise<File | undefined> {
  try {
    return (await new Bun.Archive(archive).files(PROGRAM)).get(PROGRAM);
  } catch (cause) {
    throw new StigmerError("failed", `${name} cannot be unpacked: ${messageOf(cause)}`, {
      hint: "the release is not what it should be; please report this",
      cause,
    });
  }
}
