/**
 * The format of pprof, a protocol buffer: https://github.com/google/pprof/blob/main/proto/profile.proto.
 */
import { Function as Code, Line, Location, Profile, Sample, StringTable, ValueType } from "pprof-format";
import { wall } from "../runtime/host.ts";
import type { Frame } from "./cpu.ts";

/** A stack and what is counted of it. */
export interface Weighed {
  /** Innermost first. */
  readonly stack: readonly Frame[];
  /** As many as there are types. */
  readonly values: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A profile as bytes; what counts is the last of `types`.
 *
 * @param types what the values are, and their unit
 * @param elapsed the length of the profile, in milliseconds
 * @param period between two samples, in the unit of the last type; 1 for what is counted rather than sampled
 */
export function encode(
  types: readonly (readonly [type: string, unit: string])[],
  samples: readonly Weighed[],
  elapsed: number,
  period = 1,
): Uint8Array<ArrayBuffer> {
  const stringTable = new StringTable();
  const text = (of: string): number => stringTable.dedup(of);
  const functions = new Map<string, Code>();
  const locations = new Map<string, Location>();
  const locate = ({ name, file, line }: Frame): number => {
    const key = `${name}\n${file}`;
    const code = functions.get(key) ?? new Code({ id: functions.size + 1, name: text(name), filename: text(file) });
    functions.set(key, code);
    const place = `${key}\n${line}`;
    const location =
      locations.get(place) ?? new Location({ id: locations.size + 1, line: [new Line({ functionId: code.id, line })] });
    locations.set(place, location);
    return Number(location.id);
  };
  const sampleType = types.map(([type, unit]) => new ValueType({ type: text(type), unit: text(unit) }));
  const merged = new Map<string, Sample>();
  for (const { stack, values, labels } of samples) {
    const locationId = stack.map(locate);
    const key = `${locationId}\n${JSON.stringify(labels)}`;
    const there = merged.get(key);
    if (there !== undefined) there.value = there.value.map((sum, i) => Number(sum) + Math.round(values[i] ?? 0));
    else {
      const label = Object.entries(labels).map(([name, value]) => ({ key: text(name), str: text(value) }));
      merged.set(key, new Sample({ locationId, value: values.map(Math.round), label }));
    }
  }
  const profile = new Profile({
    ...{ sampleType, sample: [...merged.values()], stringTable },
    ...{ function: [...functions.values()], location: [...locations.values()] },
    timeNanos: BigInt(Math.round(wall())) * 1_000_000n,
    durationNanos: Math.round(elapsed * 1e6),
    periodType: sampleType.at(-1) as ValueType,
    period: Math.round(period),
  });
  return profile.encode() as Uint8Array<ArrayBuffer>;
}
