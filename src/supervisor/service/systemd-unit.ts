import { MARKER, type ServiceDefinition } from "./service-definition.ts";

/** A systemd user unit around the server. */
export function renderUnit(definition: ServiceDefinition): string {
  const { command, home, searchPath, environmentFile } = definition;
  return `# ${MARKER}; \`stigmer service uninstall\` removes it.
# To change something, run \`systemctl --user edit stigmer\`: this file is replaced as a whole.
[Unit]
Description=Stigmer server
StartLimitIntervalSec=600
StartLimitBurst=10

[Service]
Type=exec
ExecStart=${command.map((word) => quote(word).replaceAll("$", "$$$$")).join(" ")}
Environment=${quote(`STIGMER_HOME=${home}`)}
Environment=${quote(`PATH=${searchPath}`)}
EnvironmentFile=-${environmentFile.replaceAll("%", "%%")}
WorkingDirectory=~
UMask=0077
Restart=on-failure
RestartSec=2
TimeoutStopSec=30
KillMode=mixed

[Install]
WantedBy=default.target
`;
}

/** One word: `%` begins a specifier in every line of a unit. */
function quote(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%");
  return `"${escaped}"`;
}
