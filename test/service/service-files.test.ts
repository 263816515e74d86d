import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { pathsOf } from "../../src/base/paths.ts";
import { chooseManager } from "../../src/supervisor/service/choose-manager.ts";
import { renderAgent } from "../../src/supervisor/service/launchd-agent.ts";
import { defineService } from "../../src/supervisor/service/service-definition.ts";
import {
  installService,
  readService,
  uninstallService,
} from "../../src/supervisor/service/service.ts";
import { calledPath } from "../../src/supervisor/service/stable-command.ts";
import { renderUnit } from "../../src/supervisor/service/systemd-unit.ts";
import { createFakeMachine, type FakeMachine } from "./service-fixture.ts";

let machine: FakeMachine;
beforeEach(() => {
  machine = createFakeMachine();
});
afterEach(() => machine.remove());

/** A home with every character that some file format gives a meaning. */
const awkwardHome = () => join(machine.root, `it's 50% "of" $HOME & <more> \\ é`);
const define = (home: string, command = ["/bin/sh", "--foreground"]) =>
  defineService(pathsOf(home), command, { PATH: "/usr/bin:relative::/bin:/usr/bin" });

/** What systemd itself says of it; nothing when it is right. */
const verify = (text: string): string => {
  const path = join(machine.root, "stigmer.service");
  writeFileSync(path, text);
  const { stderr } = Bun.spawnSync(
    ["systemd-analyze", "--user", "verify", "--man=no", "--generators=no", path],
    { env: { ...process.env, XDG_RUNTIME_DIR: machine.root }, stdout: "ignore", stderr: "pipe" },
  );
  return stderr.toString();
};

describe("the unit of systemd", () => {
  test("reads like this", () => {
    const definition = define("/home/ada/.stigmer", [
      "/usr/local/bin/stigmer-server",
      "--foreground",
    ]);

    expect(renderUnit(definition)).toMatchInlineSnapshot(`
      "# Written by \`stigmer service install\`; \`stigmer service uninstall\` removes it.
      # To change something, run \`systemctl --user edit stigmer\`: this file is replaced as a whole.
      [Unit]
      Description=Stigmer server
      StartLimitIntervalSec=600
      StartLimitBurst=10

      [Service]
      Type=exec
      ExecStart="/usr/local/bin/stigmer-server" "--foreground"
      Environment="STIGMER_HOME=/home/ada/.stigmer"
      Environment="PATH=/usr/bin:/bin"
      EnvironmentFile=-/home/ada/.stigmer/server.env
      WorkingDirectory=~
      UMask=0077
      Restart=on-failure
      RestartSec=2
      TimeoutStopSec=30
      KillMode=mixed

      [Install]
      WantedBy=default.target
      "
    `);
  });

  const verifies = Bun.which("systemd-analyze") !== null;
  if (!verifies)
    console.warn("skipped: without systemd-analyze nobody can say whether the unit is right");

  test.skipIf(!verifies)("is right for systemd, whatever the path", () => {
    const home = awkwardHome();
    mkdirSync(home);

    const complaints = verify(renderUnit(define(home)));

    expect(complaints).toBe("");
    expect(verify("[Service]\nExecStart=relative\n")).not.toBe("");
  });
});

describe("the agent of launchd", () => {
  test("reads like this", () => {
    const definition = define("/Users/ada/.stigmer", [
      "/opt/homebrew/bin/stigmer-server",
      "--foreground",
    ]);

    expect(renderAgent(definition)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <!-- Written by \`stigmer service install\`; \`stigmer service uninstall\` removes it. -->
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <plist version="1.0">
      <dict>
        <key>Label</key>
        <string>ai.stigmer.server</string>
        <key>ProgramArguments</key>
        <array>
          <string>/bin/sh</string>
          <string>-c</string>
          <string>set -a; [ -r "$0" ] &amp;&amp; . "$0"; set +a; exec "$@"</string>
          <string>/Users/ada/.stigmer/server.env</string>
          <string>/opt/homebrew/bin/stigmer-server</string>
          <string>--foreground</string>
        </array>
        <key>EnvironmentVariables</key>
        <dict>
          <key>STIGMER_HOME</key>
          <string>/Users/ada/.stigmer</string>
          <key>PATH</key>
          <string>/usr/bin:/bin</string>
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
        <string>/Users/ada/.stigmer/logs/server.log</string>
      </dict>
      </plist>
      "
    `);
  });

  test("starts the server with the variables of server.env, if there is one", () => {
    const home = awkwardHome();
    mkdirSync(home);
    const show = ["/bin/sh", "-c", 'echo "$STIGMER_HOME|$GREETING|$1"', "sh", "a b"];
    const words = programArguments(renderAgent(define(home, show)));
    const run = () =>
      Bun.spawnSync(words, {
        env: { STIGMER_HOME: home, PATH: "/usr/bin:/bin" },
      }).stdout.toString();

    const without = run();
    writeFileSync(join(home, "server.env"), 'GREETING="hello there"\n');
    const withIt = run();

    expect(without).toBe(`${home}||a b\n`);
    expect(withIt).toBe(`${home}|hello there|a b\n`);
  });

  test("is loaded, changed, reported and removed by launchctl", async () => {
    const paths = pathsOf(machine.environment["STIGMER_HOME"] ?? "");
    const options = { platform: "darwin", uid: 501, userHome: machine.home } as const;
    const manager = chooseManager({ ...options, environment: machine.environment }, paths);
    const file = join(machine.home, "Library", "LaunchAgents", "ai.stigmer.server.plist");
    const definition = define(paths.home);

    const first = await installService(manager, definition, { isLater: false });
    const again = await installService(manager, definition, { isLater: false });
    machine.told("launchctl");
    const changed = await installService(manager, define(paths.home, ["/bin/ls"]), {
      isLater: false,
    });
    const toldOfChange = machine.told("launchctl");
    const report = await readService(manager, definition);
    const removed = await uninstallService(manager);

    expect(first).toMatchObject({ file, isChanged: true, isEnabled: true, isActive: true });
    expect(again).toMatchObject({ isChanged: false, isActive: true });
    expect(changed).toMatchObject({ isChanged: true, isActive: true });
    expect(toldOfChange).toContain("bootout gui/501/ai.stigmer.server");
    expect(toldOfChange.filter((line) => line.startsWith("bootstrap"))).toEqual([
      `bootstrap gui/501 ${file}`,
    ]);
    expect(report).toMatchObject({ manager: "launchd", isInstalled: true, pid: 4711 });
    expect(report.problems).toEqual([expect.stringContaining("not what this stigmer would write")]);
    expect(existsSync(paths.logs)).toBe(true);
    expect(removed).toBe(true);
    expect(existsSync(file)).toBe(false);
    expect(machine.has("loaded")).toBe(false);
  });

  test("waits for a login where nobody is logged in at the screen", async () => {
    machine.set("down");
    const paths = pathsOf(machine.environment["STIGMER_HOME"] ?? "");
    const options = { platform: "darwin", uid: 501, userHome: machine.home } as const;
    const manager = chooseManager({ ...options, environment: machine.environment }, paths);

    const { trouble } = await installService(manager, define(paths.home), { isLater: false });

    expect(trouble?.message).toBe("launchd does not answer (Could not find domain)");
  });
});

/** The words of the array, as launchd would read them. */
function programArguments(plist: string): string[] {
  const array = /<array>([\s\S]*?)<\/array>/.exec(plist)?.[1] ?? "";
  return [...array.matchAll(/<string>([\s\S]*?)<\/string>/g)].map(([, text = ""]) =>
    text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
  );
}

test.each(["\n", "\r", "\u0000"])("a path with %j in it is refused", (character) => {
  expect(() => define(`/home/a${character}b`)).toThrow("has a control character in it");
});

test("the search path keeps what is absolute, once, and is never empty", () => {
  expect(define("/h").searchPath).toBe("/usr/bin:/bin");
  expect(defineService(pathsOf("/h"), ["/bin/sh"], {}).searchPath).toBe(
    "/usr/local/bin:/usr/bin:/bin",
  );
});

describe("the program's path", () => {
  test("is the one that was called, not the folder of a version behind it", () => {
    const versioned = join(machine.root, "Cellar", "1.2.3");
    mkdirSync(versioned, { recursive: true });
    const own = join(realpathSync(versioned), "stigmer");
    writeFileSync(own, "", { mode: 0o755 });
    const link = join(machine.root, "bin", "stigmer");
    symlinkSync(own, link);
    const environment = { PATH: join(machine.root, "bin") };

    expect(calledPath("stigmer", environment, own)).toBe(link);
    expect(calledPath(link, {}, own)).toBe(link);
    expect(calledPath("stigmer", { PATH: "/nowhere" }, own)).toBeUndefined();
    expect(calledPath("/bin/sh", environment, own)).toBeUndefined();
  });
});
