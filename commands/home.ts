import { findHome, type Paths, pathsOf } from "../src/base/paths.ts";

/** The places of the home that this command line means: `--home` has become STIGMER_HOME by now. */
export function homePaths(): Paths {
  return pathsOf(findHome(process.env));
}
