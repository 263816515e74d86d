import { expect, test } from "bun:test";

import { toPageText } from "./page-text.ts";

test("a page is read as a person sees it", () => {
  const html = `<!doctype html><html><head><title>A &amp; B</title><style>p { color: red }</style></head>
<body><script>alert("<p>no</p>")</script><!-- hidden --><h1>Heading</h1>
<p>One   &lt;tag&gt;,<b>bold</b>&nbsp;&#8364;&#x41;</p><ul><li>first<li>second</ul></body></html>`;

  expect(toPageText(html)).toBe("A & B\n\nHeading\n\nOne <tag>,bold €A\n\nfirst\nsecond");
});

test("what only looks like an entity stays", () => {
  expect(toPageText("<p>a &unknown; &#9999999999; &amp;lt;</p>")).toBe(
    "a &unknown; &#9999999999; &lt;",
  );
});

test.each([
  ["a < b and 1 <2", "a < b and 1 <2"],
  ["seen<!-- a > b --> too<!-->!", "seen too!"],
  ["before<script>if (a < b) never closed", "before"],
  ["before<!-- never closed <p>", "before"],
  ["before<p class='never closed", "before"],
  ["<head><meta charset=utf-8><body>no end of the head", "no end of the head"],
  ["<SCRIPT>x</script >after<style>p{}</STYLE\n>!", "after!"],
  ["<p-list>a</p-list><pre>b</pre>", "a\nb"],
])("%j reads %j", (html, text) => {
  expect(toPageText(html)).toBe(text);
});

/** As large as a page may be; a scanner that looks back takes minutes for one of these. */
test.each([
  "<script",
  "<script>",
  "<script><svg>",
  "<svg>",
  "</svg><svg>",
  "<head>",
  "<title",
  "<title>",
  "<p",
  "<p ",
  "<",
  "</",
  "<!",
  "<!--",
  "<!-->",
  "<!--<p>",
  "&",
  "&#x",
  "&a",
  " \n",
])("a page of nothing but %j is read in one pass", (piece) => {
  const page = piece.repeat(2_000_000 / piece.length);

  expect(toPageText(page).length).toBeLessThanOrEqual(page.length);
});
