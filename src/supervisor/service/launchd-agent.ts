import { MARKER, type ServiceDefinition } from "./service-definition.ts";

export const LABEL = "ai.stigmer.server";

/** launchd reads no file of variables, so a shell does it and then becomes the server. */
const WITH_VARIABLES = 'set -a; [ -r "$0" ] && . "$0"; set +a; exec "$@"';

/** A launchd agent around the server. */
export function renderAgent(definition: ServiceDefinition): string {
  const { command, home, searchPath, environmentFile, logFile } = definition;
  const words = ["/bin/sh", "-c", WITH_VARIABLES, environmentFile, ...command];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${MARKER}; \`stigmer service uninstall\` removes it. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${string(LABEL)}
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    ${string(word)}`).join("\n")}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>STIGMER_HOME</key>
    ${string(home)}
    <key>PATH</key>
    ${string(searchPath)}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>30</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardErrorPath</key>
  ${string(logFile)}
</dict>
</plist>
`;
}

function string(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<string>${escaped}</string>`;
}
