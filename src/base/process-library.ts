import { dlopen, type Pointer, read } from "bun:ffi";

const PR_SET_PDEATHSIG = 1;
const ERRNO_LINUX = "__errno_location";
const ERRNO_DARWIN = "__error";
const DECLARATIONS = {
  flock: { args: ["i32", "i32"], returns: "i32" },
} as const;

const LIBRARIES =
  process.platform === "darwin"
    ? ["libSystem.B.dylib"]
    : ["libc.so.6", `libc.musl-${process.arch === "x64" ? "x86_64" : "aarch64"}.so.1`, "libc.so"];

/** The calls of the C library that Bun does not offer. Opened on first use: most commands need none. */
export interface CLibrary {
  /** 0, or the system's error number. */
  flock(descriptor: number, operation: number): number;
  /** Linux only: the signal that this process gets when its parent dies. */
  setParentDeathSignal(signal: number): void;
}

let opened: CLibrary | undefined;

export function cLibrary(): CLibrary {
  opened ??= openLibrary();
  return opened;
}

function openLibrary(): CLibrary {
  let cause: unknown;
  for (const name of LIBRARIES) {
    try {
      return process.platform === "darwin" ? openDarwin(name) : openLinux(name);
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`none of ${LIBRARIES.join(", ")} could be opened`, { cause });
}

function openLinux(name: string): CLibrary {
  const { symbols } = dlopen(name, {
    ...DECLARATIONS,
    prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
    [ERRNO_LINUX]: { args: [], returns: "ptr" },
  });
  return {
    flock: (descriptor, operation) =>
      symbols.flock(descriptor, operation) === 0 ? 0 : errorNumber(symbols[ERRNO_LINUX]()),
    setParentDeathSignal: (signal) => {
      symbols.prctl(PR_SET_PDEATHSIG, BigInt(signal), 0n, 0n, 0n);
    },
  };
}

function openDarwin(name: string): CLibrary {
  const { symbols } = dlopen(name, {
    ...DECLARATIONS,
    [ERRNO_DARWIN]: { args: [], returns: "ptr" },
  });
  return {
    flock: (descriptor, operation) =>
      symbols.flock(descriptor, operation) === 0 ? 0 : errorNumber(symbols[ERRNO_DARWIN]()),
    setParentDeathSignal: () => {},
  };
}

function errorNumber(location: Pointer | bigint | null): number {
  return typeof location === "number" ? read.i32(location, 0) : -1;
}
