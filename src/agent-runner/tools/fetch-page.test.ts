import { afterAll, expect, test } from "bun:test";

import { fetchPage, type PageRequest } from "./fetch-page.ts";
import { isPublicAddress } from "./public-address.ts";

const inner = Bun.serve({ port: 0, fetch: () => new Response("secret of the machine") });
const outer = Bun.serve({
  port: 0,
  routes: {
    "/page": new Response("hello", { headers: { "content-type": "text/plain" } }),
    "/large": new Response("x".repeat(5_000)),
    "/moved": new Response(null, { status: 302, headers: { location: "/page" } }),
    "/round": new Response(null, { status: 302, headers: { location: "/round" } }),
    "/inside": new Response(null, {
      status: 307,
      headers: { location: `http://127.0.0.1:${inner.port}/` },
    }),
    "/named": new Response(null, {
      status: 307,
      headers: { location: `http://localhost:${inner.port}/` },
    }),
    "/file": new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } }),
    "/slow": async () => {
      await Bun.sleep(60_000);
      return new Response();
    },
  },
  fetch: () => new Response("no", { status: 404 }),
});
const site = `http://127.0.0.1:${outer.port}`;
afterAll(() => {
  void inner.stop(true);
  void outer.stop(true);
});

/** The test's own server is let through, and nothing else that is not public. */
const asked: PageRequest = {
  bytesMax: 1_000,
  timeLimitMs: 5_000,
  signal: new AbortController().signal,
  isAllowed: (address, port) => port === outer.port || isPublicAddress(address),
};

test("a page comes with its type and its address", async () => {
  const page = await fetchPage(`${site}/page`, asked);

  expect(page).toMatchObject({
    url: `${site}/page`,
    status: 200,
    contentType: "text/plain",
    isCut: false,
  });
  expect(page.body.toString()).toBe("hello");
});

test("a redirect is followed to its end", async () => {
  expect((await fetchPage(`${site}/moved`, asked)).url).toBe(`${site}/page`);
});

test("a large page is cut at the limit", async () => {
  const page = await fetchPage(`${site}/large`, asked);

  expect(page.body.length).toBe(1_000);
  expect(page.isCut).toBe(true);
});

test.each([
  ["http://127.0.0.1/", "127.0.0.1 is not on the public internet"],
  ["http://2130706433/", "127.0.0.1 is not on the public internet"],
  ["http://0x7f.1/", "is not on the public internet"],
  ["http://[::1]/", "is not on the public internet"],
  ["http://[::ffff:127.0.0.1]/", "is not on the public internet"],
  ["http://169.254.169.254/latest/meta-data/", "is not on the public internet"],
  ["http://localhost/", "localhost is not on the public internet"],
  ["file:///etc/passwd", "is not an http or https address"],
  ["nonsense", "is not an http or https address"],
])("%s is refused", async (url, sentence) => {
  const refused = fetchPage(url, { ...asked, isAllowed: isPublicAddress });

  expect(refused).rejects.toThrow(sentence);
  await refused.catch(() => {});
});

test.each(["/inside", "/named", "/file"])(
  "a redirect to where no page may be is refused: %s",
  async (path) => {
    const refused = fetchPage(`${site}${path}`, asked);

    expect(refused).rejects.toThrow(
      /is not on the public internet|is not an http or https address/,
    );
    await refused.catch(() => {});
  },
);

test("redirects in a circle end", async () => {
  expect(fetchPage(`${site}/round`, asked)).rejects.toThrow("redirects more than 5 times");
});

test("a page that never comes is given up", async () => {
  const refused = fetchPage(`${site}/slow`, { ...asked, timeLimitMs: 200 });

  expect(refused).rejects.toThrow("/slow did not answer within 200 ms");
  await refused.catch(() => {});
});

test("abort ends it with the reason of the abort", async () => {
  const aborting = new AbortController();
  const refused = fetchPage(`${site}/slow`, { ...asked, signal: aborting.signal });

  aborting.abort(new Error("cancelled"));

  expect(refused).rejects.toThrow("cancelled");
  await refused.catch(() => {});
});
