type Environment = Record<string, string | undefined>;

/** Variables that change what a Bun program runs before its first line does: a child of ours inherits none. */
const UNSAFE = /^(?:BUN_|NODE_OPTIONS$)/;
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/** The environment without what could run code in a child or turn it into another program, and with `extra`. */
export function childEnvironment(
  environment: Environment,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !UNSAFE.test(name)) kept[name] = value;
  }
  return { ...kept, ...extra };
}

/** Bun sends even loopback requests through a proxy unless NO_PROXY says otherwise; ours must never leave. */
export function keepLoopbackDirect(environment: Environment): void {
  const hasProxy = PROXIES.some((name) => environment[name] || environment[name.toLowerCase()]);
  if (!hasProxy) return;
  const listed = environment["NO_PROXY"] || environment["no_proxy"] || "";
  const direct = [...new Set([...listed.split(",").filter(Boolean), ...LOOPBACK])].join(",");
  environment["NO_PROXY"] = direct;
  environment["no_proxy"] = direct;
}
