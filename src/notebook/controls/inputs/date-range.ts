import { requireSettings, requireText } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import { type Control, checkedName, createControl, fieldPart, labelOf, type Part } from "../control.ts";

/** A window of time, `[fromUs, toUs)`, microseconds since 1970 UTC. */
export interface TimeRange {
  readonly fromUs: number;
  readonly toUs: number;
}

export interface DateRangeSettings {
  /** At first. */
  readonly value: TimeRange;
  /** What may be chosen; without them, any time. */
  readonly minUs?: number;
  readonly maxUs?: number;
}

/** Two fields for the first moment of a window and the first one after it, in UTC whatever the clock of the machine says. */
export function dateRange(name: string, settings: DateRangeSettings): Control<TimeRange> {
  requireText("dateRange", "name", name);
  requireSettings("dateRange", settings, ["value", "minUs", "maxUs"]);

  const { minUs = -Infinity, maxUs = Infinity } = settings;
  const where = `dateRange ${quote(checkedName("dateRange", name), 40)}`;
  const no = (problem: string, hint: string): never =>
    refuse({ code: "date-range", where, problem, hint, facts: { ...settings } });
  const accept = (range: TimeRange): TimeRange => {
    const { fromUs, toUs } = range ?? {};
    if (!Number.isFinite(fromUs) || !Number.isFinite(toUs))
      no(
        `both ends must be times; got ${quote(range, 80)}`,
        "Pass microseconds since 1970: { fromUs, toUs }.",
      );
    if (fromUs >= toUs)
      no(
        `the window must begin before it ends; got ${formatUtc(fromUs)} to ${formatUtc(toUs)}`,
        "Exchange them.",
      );
    if (fromUs < minUs || toUs > maxUs)
      no(
        `the window must lie within ${formatUtc(minUs) || "any time"} to ${formatUtc(maxUs) || "any time"}; got ${formatUtc(fromUs)} to ${formatUtc(toUs)}`,
        "Choose a part of it.",
      );
    return { fromUs, toUs };
  };
  const limits = {
    ...(Number.isFinite(minUs) && { min: fields(minUs) }),
    ...(Number.isFinite(maxUs) && { max: fields(maxUs) }),
  };
  const end = (key: keyof TimeRange, label: string): Part<TimeRange> =>
    fieldPart<TimeRange>(
      "NaiveDatetime",
      { _view_name: "DatetimeView", description: label, ...limits },
      "value",
      {
        toField: (range) => fields(range[key]),
        fromField: (raw, before) => accept({ ...before, [key]: microseconds(raw) }),
      },
    );
  return createControl<TimeRange>({
    name,
    first: settings.value,
    accept,
    text: ({ fromUs, toUs }) => `${formatUtc(fromUs)} to ${formatUtc(toUs)}`,
    parts: [end("fromUs", labelOf(name, "UTC")), end("toUs", "to")],
  });
}

/** The widget shows what it is told, in no zone: told UTC, it shows UTC. */
function fields(us: number): Readonly<Record<string, number>> {
  const at = new Date(us / 1_000);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth(),
    date: at.getUTCDate(),
    hours: at.getUTCHours(),
    minutes: at.getUTCMinutes(),
    seconds: at.getUTCSeconds(),
    milliseconds: at.getUTCMilliseconds(),
  };
}

/** NaN for an empty field. */
function microseconds(raw: unknown): number {
  if (typeof raw !== "object" || raw === null) return Number.NaN;
  const { year, month, date, hours, minutes, seconds, milliseconds } = raw as Record<string, number>;
  return Date.UTC(year!, month!, date!, hours!, minutes!, seconds!, milliseconds!) * 1_000;
}
