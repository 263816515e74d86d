import { closeSync, openSync, readSync } from "node:fs";

const HEAD_BYTES = 64 * 1_024;
const ELF_MAGIC = 0x7f454c46;
const PROGRAM_INTERPRETER = 3;
const elfMachines = new Map([
  [0x3e, "x86-64"],
  [0xb7, "aarch64"],
]);
const MACH_O_64_MAGIC = 0xfeedfacf;
const machOMachines = new Map([
  [0x01000007, "x86-64"],
  [0x0100000c, "arm64"],
]);

/** What a program is made for, as `elf aarch64 musl` or `mach-o arm64`: read from its head, whatever its name says. */
export function describeMachine(path: string): string {
  const head = readHead(path);
  if (head.length < 64) return "no program";
  if (head.readUInt32BE(0) === ELF_MAGIC) return describeElf(head);
  if (head.readUInt32LE(0) === MACH_O_64_MAGIC) {
    return `mach-o ${machOMachines.get(head.readUInt32LE(4)) ?? "of another machine"}`;
  }
  return "no program";
}

function describeElf(head: Buffer): string {
  const is64Little = head[4] === 2 && head[5] === 1;
  const machine = is64Little ? elfMachines.get(head.readUInt16LE(18)) : undefined;
  if (!machine) return "elf of another machine";
  return `elf ${machine} ${libraryOf(interpreterOf(head))}`;
}

/** The loader that the kernel starts first; it tells one C library from the other. */
function interpreterOf(head: Buffer): string {
  const start = Number(head.readBigUInt64LE(32));
  const entryBytes = head.readUInt16LE(54);
  for (let index = 0; index < head.readUInt16LE(56); index += 1) {
    const at = start + index * entryBytes;
    if (at + entryBytes > head.length) return "";
    if (head.readUInt32LE(at) !== PROGRAM_INTERPRETER) continue;
    const offset = Number(head.readBigUInt64LE(at + 8));
    const size = Number(head.readBigUInt64LE(at + 32));
    return head.toString("latin1", offset, offset + size).replace(/\0.*$/, "");
  }
  return "";
}

function libraryOf(interpreter: string): string {
  if (interpreter === "") return "static";
  return interpreter.includes("/ld-musl-") ? "musl" : "glibc";
}

function readHead(path: string): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}
