import { StigmerError } from "../../base/errors.ts";
import { suggest } from "../../base/suggest.ts";

/** The exact Bun that goes into every release; `runtimes.ts` checks each copy against what stands here. */
export const RUNTIME_VERSION = "1.4.5";

export interface Target {
  /** As it stands in the names of assets. */
  readonly name: string;
  /** What `Bun.build` calls it. */
  readonly bun: Bun.Build.CompileTarget;
  /** What `machine.ts` reads in the head of a file for it. */
  readonly machine: string;
  /** How npm chooses it: the values of `os`, `cpu` and `libc` in a package. */
  readonly npm: { readonly os: string; readonly cpu: string; readonly libc?: string };
  readonly runtime: {
    readonly package: string;
    /** Of the package, as its registry and a lock file write it. */
    readonly integrity: string;
    /** Of `bin/bun` inside. */
    readonly sha256: string;
  };
}

export const targets: readonly Target[] = [
  {
    name: "linux-amd64",
    bun: "bun-linux-x64",
    machine: "elf x86-64 glibc",
    npm: { os: "linux", cpu: "x64", libc: "glibc" },
    runtime: {
      package: "@oven/bun-linux-x64",
      integrity:
        "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
      sha256: "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083",
    },
  },
  {
    name: "linux-arm64",
    bun: "bun-linux-arm64",
    machine: "elf aarch64 glibc",
    npm: { os: "linux", cpu: "arm64", libc: "glibc" },
    runtime: {
      package: "@oven/bun-linux-aarch64",
      integrity:
        "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
      sha256: "04778f1f42399a69d086853e9c7af4acf574b2f21a43d0dc673853d8b84a2923",
    },
  },
  {
    name: "linux-amd64-musl",
    bun: "bun-linux-x64-musl",
    machine: "elf x86-64 musl",
    npm: { os: "linux", cpu: "x64", libc: "musl" },
    runtime: {
      package: "@oven/bun-linux-x64-musl",
      integrity:
        "sha512-10QoW/YfTgnURaGEaHpJCiXjLI2e5iTtfVDaA5JKcyUzaa1cq6cVUY9/Uq5XkYzvtRjHLRe9Oj/lTDIQcxy8HQ==",
      sha256: "cf5d285ddbe256785a5121a3c113191a6b577504976374c7cfd5aedca609b720",
    },
  },
  {
    name: "linux-arm64-musl",
    bun: "bun-linux-arm64-musl",
    machine: "elf aarch64 musl",
    npm: { os: "linux", cpu: "arm64", libc: "musl" },
    runtime: {
      package: "@oven/bun-linux-aarch64-musl",
      integrity:
        "sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==",
      sha256: "9c48986093073afec8b76a3e285303598dd2462f52748aecb65e4d94866e1ea3",
    },
  },
  {
    name: "darwin-arm64",
    bun: "bun-darwin-arm64",
    machine: "mach-o arm64",
    npm: { os: "darwin", cpu: "arm64" },
    runtime: {
      package: "@oven/bun-darwin-aarch64",
      integrity:
        "sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==",
      sha256: "e2984124f1514e1e6bbda20adedbf07a02c443c6a5828853a15c7c7abf78e19f",
    },
  },
  {
    name: "darwin-amd64",
    bun: "bun-darwin-x64",
    machine: "mach-o x86-64",
    npm: { os: "darwin", cpu: "x64" },
    runtime: {
      package: "@oven/bun-darwin-x64",
      integrity:
        "sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==",
      sha256: "88f97645b270aef20f9f9442f1658461cab3e7128e658af4615144e3396f084a",
    },
  },
];

export function isForMacOs(target: Target): boolean {
  return target.npm.os === "darwin";
}

/** The targets that somebody asked for by name; all of them when nobody asked. */
export function chooseTargets(asked: string | undefined): readonly Target[] {
  const names = (asked ?? "").split(/[\s,]+/).filter((name) => name !== "");
  if (names.length === 0) return targets;
  return [...new Set(names)].map(findTarget);
}

export function findTarget(name: string): Target {
  const target = targets.find((candidate) => candidate.name === name);
  if (target) return target;
  const known = targets.map((candidate) => candidate.name);
  const near = suggest(name, known);
  throw new StigmerError("usage", `there is no target "${name}"`, {
    hint: near ? `did you mean ${near}?` : `there are ${known.join(", ")}`,
  });
}
