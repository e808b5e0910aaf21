// Evaluates toggles with the client of Unleash: [[text, {flag: default}], ...] on the standard input, [{flag: value}, ...] out.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const UnleashClient = require(join(process.argv[2], "lib/client.js")).default;
const { defaultStrategies } = require(join(process.argv[2], "lib/strategy/index.js"));

function evaluate([text, flags]) {
  let features = [];
  try {
    features = JSON.parse(text).features;
  } catch {
    // a client without a state gives callers their own defaults
  }
  // What its own repository holds of a state, without its timer, its file and its server.
  const repository = {
    getToggle: (name) => features.find((feature) => feature.name === name),
    getSegment: () => undefined,
  };
  const client = new UnleashClient(repository, defaultStrategies);
  const values = Object.entries(flags).map(([name, byDefault]) => {
    if (typeof byDefault === "boolean") {
      return [name, client.isEnabled(name, {}, () => byDefault)];
    }
    const variant = client.getVariant(name, {});
    return [name, variant.enabled && variant.payload ? variant.payload.value : byDefault];
  });
  return Object.fromEntries(values);
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(evaluate)));
