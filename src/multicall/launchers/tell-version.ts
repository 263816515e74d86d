import { version } from "../../base/build-info.ts";

/** Every program answers it, whatever else it takes. */
export function isVersionAsked([first, ...others]: readonly string[]): boolean {
  return (first === "--version" || first === "-V") && others.length === 0;
}

export function isHelpAsked([first, ...others]: readonly string[]): boolean {
  return (first === "--help" || first === "-h") && others.length === 0;
}

export function tellVersion(program: string): number {
  process.stdout.write(`${program} ${version}\n`);
  return 0;
}
