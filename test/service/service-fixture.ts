import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Answers as systemd does, and remembers what it was told in the folder beside it. */
const SYSTEMCTL = `#!/bin/sh
cd "$(dirname "$0")" || exit 9
echo "$*" >> systemctl.log
if [ -e down ]; then echo "Failed to connect to bus: No medium found" >&2; exit 1; fi
shift
if [ -e "broken-$1" ]; then echo "Unit is masked" >&2; exit 1; fi
case "$1" in
  enable) touch enabled; case "$*" in *--now*) touch active ;; esac ;;
  disable) rm -f enabled active ;;
  show)
    if [ -e active ]; then echo "MainPID=4711"; echo "ActiveState=active"; else echo "MainPID=0"; echo "ActiveState=inactive"; fi
    if [ -e enabled ]; then echo "UnitFileState=enabled"; else echo "UnitFileState="; fi ;;
esac
`;
const LOGINCTL = `#!/bin/sh
cd "$(dirname "$0")" || exit 9
if [ -e lingers ]; then echo yes; else echo no; fi
`;
const LAUNCHCTL = `#!/bin/sh
cd "$(dirname "$0")" || exit 9
echo "$*" >> launchctl.log
if [ -e down ]; then echo "Could not find domain" >&2; exit 125; fi
case "$1" in
  bootstrap) if [ -e loaded ]; then echo "already loaded" >&2; exit 5; fi; [ -e "$3" ] || exit 2; touch loaded ;;
  bootout) rm loaded ;;
  print) case "$2" in */*/*) [ -e loaded ] || exit 113; echo "	pid = 4711" ;; esac ;;
esac
`;

export interface FakeMachine {
  readonly root: string;
  readonly home: string;
  readonly environment: Record<string, string>;
  /** Sets or clears what the fakes look at: \`down\`, \`lingers\`, \`broken-enable\`. */
  set(flag: string, isSet?: boolean): void;
  has(flag: string): boolean;
  /** What systemctl or launchctl was told since the last call. */
  told(tool: "systemctl" | "launchctl"): string[];
  remove(): void;
}

export function createFakeMachine(): FakeMachine {
  const root = mkdtempSync(join(tmpdir(), "stigmer-service-"));
  const bin = join(root, "bin");
  const home = join(root, "home");
  mkdirSync(bin);
  mkdirSync(home);
  for (const [name, script] of Object.entries({
    systemctl: SYSTEMCTL,
    loginctl: LOGINCTL,
    launchctl: LAUNCHCTL,
  })) {
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
  }
  return {
    root,
    home,
    environment: {
      PATH: `${bin}:/usr/bin:/bin`,
      HOME: home,
      XDG_CONFIG_HOME: join(root, "config"),
      XDG_RUNTIME_DIR: root,
      STIGMER_HOME: join(home, ".stigmer"),
    },
    set: (flag, isSet = true) =>
      isSet ? writeFileSync(join(bin, flag), "") : rmSync(join(bin, flag), { force: true }),
    has: (flag) => existsSync(join(bin, flag)),
    told: (tool) => {
      const path = join(bin, `${tool}.log`);
      const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
      rmSync(path, { force: true });
      return lines;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
