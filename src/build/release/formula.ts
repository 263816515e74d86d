import { StigmerError } from "../../base/errors.ts";

/** Where the releases of the project are published; a formula has no mirror. */
const DOWNLOADS = "https://github.com/stigmer/stigmer/releases/download";

/** The targets that Homebrew runs on, as it asks for them. On Linux it brings a C library of its own: glibc. */
const SYSTEMS = [
  { block: "on_macos", arm: "darwin-arm64", intel: "darwin-amd64" },
  { block: "on_linux", arm: "linux-arm64", intel: "linux-amd64" },
] as const;

interface FormulaOptions {
  /** As in the names of assets, with its `v`. */
  readonly version: string;
  /** SHA-256 in hex, by the name of the asset. A target whose archive is missing is left out. */
  readonly digests: ReadonlyMap<string, string>;
}

/** The Homebrew formula of one release: the same archives that everybody downloads, by their real digests. */
export function renderFormula(options: FormulaOptions): string {
  const systems = SYSTEMS.map((system) => renderSystem(system, options)).filter(Boolean);
  if (systems.length === 0) throw hasNoArchive(options);
  return `class Stigmer < Formula
  desc "AI agents and durable workflows from one file"
  homepage "https://github.com/stigmer/stigmer"
  version "${options.version.slice(1)}"
  license "Apache-2.0"

${systems.join("\n")}
${BEHAVIOUR}`;
}

function renderSystem(system: (typeof SYSTEMS)[number], options: FormulaOptions): string {
  const blocks = [renderArchive("on_arm", system.arm, options)];
  blocks.push(renderArchive("on_intel", system.intel, options));
  const present = blocks.filter(Boolean);
  if (present.length === 0) return "";
  return `  ${system.block} do\n${present.join("\n")}  end\n`;
}

function renderArchive(block: string, target: string, options: FormulaOptions): string {
  const asset = archiveName(target, options.version);
  const digest = options.digests.get(asset);
  if (digest === undefined) return "";
  return `    ${block} do
      url "${DOWNLOADS}/${options.version}/${asset}"
      sha256 "${digest}"
    end
`;
}

function archiveName(target: string, version: string): string {
  return `stigmer-${version}-${target}.tar.gz`;
}

function hasNoArchive({ version }: FormulaOptions): StigmerError {
  const names = SYSTEMS.flatMap(({ arm, intel }) => [arm, intel]);
  return new StigmerError("usage", `no archive of ${version} is one that Homebrew can install`, {
    hint: `build at least one of ${names.join(", ")}`,
  });
}

/** What does not change from one release to the next. `stigmer upgrade` reads the marker and leaves the file to brew. */
const BEHAVIOUR = `  def install
    bin.install "stigmer"
    bin.install_symlink "stigmer" => "stigmer-server"
    bin.install_symlink "stigmer" => "stigmer-workflow-runner"
    bin.install_symlink "stigmer" => "stigmer-agent-runner"
    (pkgshare/"managed-by").write "brew upgrade stigmer\\n"
    generate_completions_from_executable(bin/"stigmer", "completion")
  end

  service do
    run [opt_bin/"stigmer-server"]
    keep_alive true
    working_dir var
    environment_variables PATH: std_service_path_env
    log_path var/"log/stigmer.log"
    error_log_path var/"log/stigmer.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/stigmer version --json")
    (testpath/"greet.yaml").write <<~YAML
      document: { dsl: 1.0.3, namespace: default, name: greet, version: 1.0.0 }
      do:
        - greet: { set: { greeting: "Hello \${ .name }" } }
    YAML
    assert_match "Hello Ada", shell_output("#{bin}/stigmer exec -f greet.yaml -i name=Ada --quiet")
  end
end
`;
