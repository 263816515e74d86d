import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { target } from "../base/build-info.ts";
import { recognizeOther } from "./recognize.ts";

const bytes = (hex: string) => Buffer.concat([Buffer.from(hex, "hex"), Buffer.alloc(64, "x")]);

test("nothing at all is told", () => {
  expect(recognizeOther(new Uint8Array())).toBe("empty");
});

test.skipIf(process.platform !== "linux")("a program of this machine is told by its name", () => {
  const runtime = readFileSync(process.execPath);

  expect(recognizeOther(runtime)).toBe(`a program for ${target}`);
});

test.each([
  ["7f454c460201010000000000000000000200b700", "a program for linux-arm64"],
  ["7f454c4601020100000000000000000000020014", "a program for another machine"],
  ["cffaedfe0c000001", "a program for macOS"],
  ["cafebabe00000002", "a program for macOS"],
  ["4d5a9000", "a program for Windows"],
  ["1f8b0800", "an archive"],
  ["2f2f20746578740a00", "a binary file"],
])("what begins with %s is %s", (hex, kind) => {
  expect(recognizeOther(bytes(hex))).toBe(kind);
});

test("a page is told from a script", () => {
  expect(recognizeOther(Buffer.from("\n<!DOCTYPE html><p>log in</p>"))).toBe("a web page");
  expect(recognizeOther(Buffer.from('#!/usr/bin/env stigmer\n"<html>"'))).toBeUndefined();
  expect(recognizeOther(Buffer.from('console.log("hello")'))).toBeUndefined();
});

test("our own agent-runner is none of them", () => {
  const runner = readFileSync(resolve(import.meta.dir, "../../dist/agent-runner"));

  expect(recognizeOther(runner)).toBeUndefined();
});
