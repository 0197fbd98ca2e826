// Makes slugs of titles: the part of an address that people can read.
//   {"titles": "one a line"}  or  {"titles": ["one", "two"], "separator": "_", "longest": 40}
import { readFileSync } from "node:fs";

// Read when the worker starts, before a call arrives.
const letters = JSON.parse(readFileSync(new URL("./letters.json", import.meta.url), "utf8"));

export const handler = async ({ titles, separator = "-", longest = 60 }) => {
  const list = typeof titles === "string" ? titles.split("\n").filter((line) => line.trim()) : titles;
  if (!Array.isArray(list)) throw new TypeError("titles must be text, or a list of texts");
  const taken = new Set();
  return list.map((title) => {
    const slug = unique(slugify(title, separator, longest), separator, taken);
    return { title, slug };
  });
};

function slugify(title, separator, longest) {
  const composed = title.toLowerCase().normalize("NFC");
  const apart = latin(composed).normalize("NFKD").replace(/\p{M}/gu, ""); // é is e and an accent, ﬁ is f and i
  const words = latin(apart)
    .replace(/['’]/g, "")
    .replace(/&/g, " and ")
    .match(/[\p{L}\p{N}]+/gu);
  return cut(words ?? ["untitled"], separator, longest);
}

/** Letters that do not come apart: ß, ø, ж. */
function latin(text) {
  return text.replace(/\p{L}/gu, (letter) => letters[letter] ?? letter);
}

/** As many words as fit, at least one. */
function cut([first, ...rest], separator, longest) {
  let slug = [...first].slice(0, longest).join("");
  for (const word of rest) {
    if (slug.length + separator.length + word.length > longest) break;
    slug += separator + word;
  }
  return slug;
}

/** The slug, or with a number where it is taken. */
function unique(slug, separator, taken) {
  let free = slug;
  for (let n = 2; taken.has(free); n++) free = slug + separator + n;
  taken.add(free);
  return free;
}
