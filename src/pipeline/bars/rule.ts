import { requireFields } from "../../core/arguments.ts";
import type { BarRule } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, parseDuration } from "../../core/time.ts";

const LEAST_US = 100_000;
const MOST_US = 86_400_000_000;

/** `"100ms"` to `"1d"`, `"500 trades"`, `"2.5 volume"`, `"1000000 quote"` → the rule it names, as `barRuleText` writes it; a rule stays as it is. */
export function barRule(given: string | BarRule, where = "barRule"): BarRule {
  if (typeof given !== "string") {
    requireFields(where, "every", given, ["by"]);
    return checkedRule(given, where);
  }
  const [, amount, unit] = /^([\d.]+) (trades|volume|quote)$/.exec(given) ?? [];
  const number = Number(amount);
  if (unit === "trades") return checkedRule({ by: "trades", trades: number }, where);
  if (unit === "volume") return checkedRule({ by: "volume", volume: number }, where);
  if (unit === "quote") return checkedRule({ by: "quoteVolume", quoteVolume: number }, where);
  return checkedRule({ by: "time", intervalUs: parseDuration(given, where) }, where);
}

function checkedRule(rule: BarRule, where: string): BarRule {
  const bad = (need: string, got: unknown, hint: string): never =>
    refuse({
      code: "bad-interval",
      where,
      problem: `${need}; got ${quote(got)}`,
      hint,
      facts: { rule },
    });
  switch (rule.by) {
    case "time": {
      const { intervalUs: us } = rule;
      if (Number.isInteger(us) && us >= LEAST_US && us <= MOST_US) return rule;
      return bad(
        "a bar needs a length from 100 ms to a day",
        us > 0 ? formatDuration(us) : us,
        'Pass for example "1s", "5m" or "1d".',
      );
    }
    case "trades":
      if (Number.isInteger(rule.trades) && rule.trades >= 1) return rule;
      return bad("a bar needs a whole number of trades, at least 1", rule.trades, "Pass for example 500.");
    case "volume":
    case "quoteVolume": {
      const amount = rule.by === "volume" ? rule.volume : rule.quoteVolume;
      if (amount >= 1e-8 && amount < Number.POSITIVE_INFINITY) return rule;
      return bad(`a bar needs a ${rule.by} of at least 1e-8`, amount, "Pass for example 10.");
    }
    default:
      return bad(
        'rule.by must be "time", "trades", "volume" or "quoteVolume"',
        (rule as { by: unknown }).by,
        'Pass for example "1m" or "500 trades".',
      );
  }
}
