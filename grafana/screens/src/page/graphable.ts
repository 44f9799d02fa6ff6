import { type DataFrame, type Field, FieldType } from '@grafana/data';

/**
 * A frame as Grafana's time series panel hands it to its plot: what is not finite is null, and a null stands after each
 * sample that is not followed by another within the query's step, so that a line ends there. Fields are copies: the plot
 * makes notes in them.
 */
export function graphable(frame: DataFrame): DataFrame {
  const time = frame.fields.find(({ type }) => type === FieldType.time) as Field<number> | undefined;
  const intervalMs = time?.config.interval ?? Infinity;
  const order = time === undefined ? [] : slots(time.values, intervalMs);
  const fields = frame.fields.map((field) => {
    const isTime = field.type === FieldType.time;
    const values = order.map(([at, index]) =>
      isTime ? at : finite(index === undefined ? null : field.values[index]),
    );
    const state = isTime ? { ...field.state, nullThresholdApplied: true } : { ...field.state };
    return { ...field, state, values };
  });
  return { ...frame, fields, length: order.length };
}

/** Times, and which sample stands there; none after which there is a gap. */
function slots(times: readonly number[], intervalMs: number): [at: number, index: number | undefined][] {
  return times.flatMap((at, index): [number, number | undefined][] => {
    const next = times[index + 1];
    const isGap = next !== undefined && next - at > intervalMs;
    return isGap
      ? [
          [at, index],
          [at + intervalMs, undefined],
        ]
      : [[at, index]];
  });
}

function finite(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}
