import { expect, test } from "bun:test";

import { listedValue, showSetting } from "./settings.ts";

const entry = { key: "llm.baseUrl", origin: "config", from: undefined, isSecret: false } as const;

test("a list shows an address without its login", () => {
  const withLogin = { ...entry, value: "https://ada:secret@models.example/v1" };

  expect(listedValue(withLogin)).toBe("https://models.example/v1");
  expect(showSetting(withLogin)).toBe("https://models.example/v1");
});

test("a list shows what is no address as it is, and no secret", () => {
  expect(listedValue({ ...entry, value: 7234 })).toBe(7234);
  expect(listedValue({ ...entry, value: "a", isSecret: true })).toBeUndefined();
});
