import { type DataFrame, type Field, FieldType } from '@grafana/data';

/**
 * A frame as Grafana's time series panel hands it to its plot: what is not finite is null, and a null stands after each
 * sample that is not followed by another, or by the end of the range, within the query's step: a line ends there, and its
 * last value is not known. Fields are copies: the plot makes notes in them.
 */
export function graphable(frame: DataFrame, endMs: number): DataFrame {
  const time = frame.fields.find(({ type }) => type === FieldType.time) as Field<number> | undefined;
  const intervalMs = time?.config.interval ?? Infinity;
  const order = time === undefined ? [] : slots(time.values, intervalMs, endMs);
  const fields = frame.fields.map((field) => {
    const isTime = field.type === FieldType.time;
    const values = order.map(({ at, index }) =>
      isTime ? at : finite(index === undefined ? null : field.values[index]),
    );
    const state = isTime ? { ...field.state, nullThresholdApplied: true } : { ...field.state };
    return { ...field, state, values };
  });
  return { ...frame, fields, length: order.length };
}

interface Slot {
  readonly at: number;
  readonly index?: number;
}

/** Times, and which sample stands there; none after which there is a gap. */
function slots(times: readonly number[], intervalMs: number, endMs: number): Slot[] {
  return times.flatMap((at, index): Slot[] => {
    const isGap = (times[index + 1] ?? endMs) - at > intervalMs;
    return isGap ? [{ at, index }, { at: at + intervalMs }] : [{ at, index }];
  });
}

function finite(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}
