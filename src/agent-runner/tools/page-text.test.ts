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
