/** Whether all of these programs are here; those that are missing are named, for what needs them is skipped. */
export function areHere(...programs: readonly string[]): boolean {
  const missing = programs.filter((name) => Bun.which(name) === null);
  for (const name of missing) console.warn(`skipped: ${name} is not on this machine`);
  return missing.length === 0;
}
