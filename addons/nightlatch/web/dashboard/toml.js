// Just enough of TOML's looks to read a policy by: comments, tables, keys, texts.

import { h } from "./dom.js";

const TOKENS = /(?<comment>#.*$)|(?<table>^\s*\[{1,2}[^\]]*\]{1,2})|(?<text>"(?:[^"\\]|\\.)*"?|'[^']*'?)|(?<key>[A-Za-z0-9_-]+(?=\s*=))|(?<word>\b(?:true|false|\d[\d_.:TZ-]*)\b)/g;

/** The pieces of one line: texts and spans. */
export function highlighted(line) {
  const pieces = [];
  let at = 0;
  for (const found of line.matchAll(TOKENS)) {
    const [kind] = Object.entries(found.groups).find(([, value]) => value !== undefined);
    if (found.index > at) pieces.push(line.slice(at, found.index));
    pieces.push(h("span", { class: kind }, found[0]));
    at = found.index + found[0].length;
  }
  if (at < line.length) pieces.push(line.slice(at));
  return pieces;
}
