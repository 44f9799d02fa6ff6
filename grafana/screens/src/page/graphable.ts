import { type DataFrame, type Field, FieldType, type TimeRange } from '@grafana/data';

interface Slot {
  readonly at: number;
  /** Of the sample that stands there; none where one is missing. */
  readonly index?: number;
}

/**
 * A frame as Grafana's time series panel hands it to its plot: what is not finite is null, and so is every step of the query
 * within the range at which there is no sample. Lines end there, stacks do not take it for 0, and a last value that is
 * missing is not known. Fields are copies: the plot makes notes in them.
 */
export function graphable(frame: DataFrame, range: TimeRange): DataFrame {
  const time = frame.fields.find(({ type }) => type === FieldType.time) as Field<number> | undefined;
  const order = time === undefined ? [] : slots(time.values, time.config.interval ?? 0, range);
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

/** A slot for each sample and for each step without one; only the samples where the query had no step. */
function slots(times: readonly number[], stepMs: number, { from, to }: TimeRange): Slot[] {
  const [first, last] = [times[0], times.at(-1)];
  const samples = times.map((at, index): Slot => ({ at, index }));
  if (first === undefined || last === undefined || stepMs <= 0) return samples;
  const before = Math.ceil((first - from.valueOf()) / stepMs);
  const begin = Array.from({ length: Math.max(0, before) }, (_, step) => ({
    at: first - (before - step) * stepMs,
  }));
  const within = samples.flatMap((slot, index): Slot[] => {
    const end = times[index + 1] ?? to.valueOf();
    const missing = Math.max(0, Math.ceil((end - slot.at) / stepMs) - 1);
    return [slot, ...Array.from({ length: missing }, (_, step) => ({ at: slot.at + (step + 1) * stepMs }))];
  });
  return [...begin, ...within];
}

function finite(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}
