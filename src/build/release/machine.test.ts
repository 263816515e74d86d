import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describeMachine } from "./machine.ts";
import { targets } from "./targets.ts";

const ELF = { x86: 0x3e, arm: 0xb7, riscv: 0xf3 };

test.each([
  ["elf x86-64 glibc", elf(ELF.x86, "/lib64/ld-linux-x86-64.so.2")],
  ["elf x86-64 musl", elf(ELF.x86, "/lib/ld-musl-x86_64.so.1")],
  ["elf aarch64 glibc", elf(ELF.arm, "/lib/ld-linux-aarch64.so.1")],
  ["elf aarch64 musl", elf(ELF.arm, "/lib/ld-musl-aarch64.so.1")],
  ["elf x86-64 static", elf(ELF.x86)],
  ["elf of another machine", elf(ELF.riscv, "/lib/ld.so.1")],
  ["mach-o arm64", machO(0x0100000c)],
  ["mach-o x86-64", machO(0x01000007)],
  ["mach-o of another machine", machO(7)],
  ["no program", Buffer.from("#!/bin/sh\n".padEnd(100, "#"))],
  ["no program", Buffer.alloc(0)],
])("a head says %s", (expected, bytes) => {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-machine-"));
  const path = join(folder, "program");
  writeFileSync(path, bytes);

  const machine = describeMachine(path);
  rmSync(folder, { recursive: true });

  expect(machine).toBe(expected);
});

test("the Bun that runs this test is for a machine that releases are made for", () => {
  const machine = describeMachine(process.execPath);

  expect(targets.map((target) => target.machine)).toContain(machine);
});

function elf(machine: number, interpreter?: string): Buffer {
  const file = Buffer.alloc(200);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  file.writeUInt16LE(machine, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  if (interpreter === undefined) return file;
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(3, 64);
  file.writeBigUInt64LE(120n, 72);
  file.writeBigUInt64LE(BigInt(interpreter.length + 1), 96);
  file.write(interpreter, 120);
  return file;
}

function machO(machine: number): Buffer {
  const file = Buffer.alloc(100);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(machine, 4);
  return file;
}
