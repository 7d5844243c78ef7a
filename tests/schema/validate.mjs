// node validate.mjs SCHEMA FILE...: one line a file, "ok FILE" or "bad FILE: PLACE MESSAGE", as an
// editor would see it: a JSON Schema validator and a YAML reader that know nothing of hillock.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import { parse } from "yaml";

const [schema, ...files] = process.argv.slice(2);
const validate = new Ajv({ strictTypes: false })
  .compile(JSON.parse(readFileSync(schema, "utf8")));
for (const file of files) {
  const ok = validate(parse(readFileSync(file, "utf8"), { version: "1.2" }));
  const why = (validate.errors ?? []).map((e) => `${e.instancePath || "/"} ${e.message}`);
  console.log(ok ? `ok ${file}` : `bad ${file}: ${why.join("; ")}`);
}
