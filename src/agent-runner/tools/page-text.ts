const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  mdash: "—",
  ndash: "–",
  hellip: "…",
  copy: "©",
};
/** What these hold is not for readers. */
const UNSEEN = new Set(["script", "style", "noscript", "template", "svg", "head", "title"]);
/** Browsers take all that follows an open one for its content; the end tags of the others may be left out. */
const RAW = new Set(["script", "style"]);
const BLOCKS = new Set(
  "p div br li ul ol tr table h1 h2 h3 h4 h5 h6 section article header footer pre blockquote hr dt dd".split(
    " ",
  ),
);
/** A `<` before anything else is a character of the text. */
const TAG = /<(?:(!--)|[!?]|(\/?)([a-z][^\s/>]*)|\/)/iy;
const CODE_POINT_MAX = 0x10_ff_ff;

/** The text of an HTML page as a reader sees it, a line a block, its title first. */
export function toPageText(html: string): string {
  const title = readTitle(html);
  const body = readBody(html);
  return decodeEntities(title === undefined ? body : `${title}\n\n${body}`)
    .replaceAll(/[ \t\f\r\u00a0]+/g, " ")
    .replaceAll(/ ?\n ?/g, "\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

function readTitle(html: string): string | undefined {
  const open = html.search(/<title[\s>]/i);
  const start = open < 0 ? -1 : html.indexOf(">", open);
  if (start < 0) return undefined;
  const length = html.slice(start).search(/<\/title/i);
  return length < 0 ? undefined : html.slice(start + 1, start + length);
}

/** Goes forward only: a page is hostile until shown otherwise, and there is one thread for all runs. */
function readBody(html: string): string {
  const kept: string[] = [];
  const findEnd = endFinder(html);
  let at = 0;
  for (let open = html.indexOf("<"); open >= 0; open = html.indexOf("<", at)) {
    TAG.lastIndex = open;
    const [tag, comment, slash, name = ""] = TAG.exec(html) ?? [];
    if (tag === undefined) {
      kept.push(html.slice(at, open + 1));
      at = open + 1;
      continue;
    }
    kept.push(html.slice(at, open));
    const tagName = name.toLowerCase();
    if (BLOCKS.has(tagName)) kept.push("\n");
    const isUnseen = slash === "" && UNSEEN.has(tagName);
    const last = comment ? html.indexOf("-->", open + 2) + 2 : html.indexOf(">", open);
    at = isUnseen ? findEnd(tagName, open) : last + 1;
    // Nothing closes it: the rest is a part of it.
    if (last < open || at < 0) return kept.join("");
  }
  kept.push(html.slice(at));
  return kept.join("");
}

/** Finds where an element ends, searching each part of the page once for each name, however often it is asked. */
function endFinder(html: string): (name: string, from: number) => number {
  const found = new Map<string, number>();
  return (name, from) => {
    const known = found.get(name) ?? -1;
    if (known <= from) {
      const end = new RegExp(`</${name}(?=[\\s/>])`, "gi");
      end.lastIndex = from;
      found.set(name, end.exec(html)?.index ?? html.length);
    }
    const start = found.get(name) ?? html.length;
    if (start === html.length && RAW.has(name)) return -1;
    return html.indexOf(">", start === html.length ? from : start) + 1 || -1;
  };
}

function decodeEntities(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name.toLowerCase()] ?? whole;
    const isHex = name[1]?.toLowerCase() === "x";
    const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    return code <= CODE_POINT_MAX ? String.fromCodePoint(code) : whole;
  });
}
