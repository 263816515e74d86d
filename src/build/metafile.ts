import type { BuildMetafile, BuildOutput } from "bun";

/** What went into a bundle. */
export function metafileOf(built: BuildOutput): BuildMetafile {
  if (built.metafile) return built.metafile;
  throw new Error("unreachable: a bundle came without the metafile that was asked for");
}
