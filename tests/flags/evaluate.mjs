// Evaluates flags with flagd's core: [[text, {flag: default}], ...] on the standard input, [{flag: value}, ...] out.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { FlagdCore } = createRequire(import.meta.url)(process.argv[2]);

function evaluate([text, flags]) {
  const core = new FlagdCore();
  try {
    core.setConfigurations(text);
  } catch {
    // a provider without flags gives callers their own defaults
  }
  const values = Object.entries(flags).map(([name, byDefault]) => {
    try {
      const ask = typeof byDefault === "boolean" ? "resolveBooleanEvaluation" : "resolveStringEvaluation";
      return [name, core[ask](name, byDefault, {}, console).value];
    } catch {
      return [name, byDefault];
    }
  });
  return Object.fromEntries(values);
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(evaluate)));
