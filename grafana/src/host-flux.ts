/** Flux on what telegraf/telegraf.conf writes, for the server that the dashboard's variable names. */

/** Busy CPU, 0 to 1. */
export function cpuBusy(name: string): string {
  return [
    ...samples('r._measurement == "cpu" and r.cpu == "cpu-total" and r._field == "usage_idle"'),
    ...windowMean(),
    `  |> map(fn: (r) => ({_time: r._time, "${name}": 1.0 - r._value / 100.0}))`,
  ].join('\n');
}

/** Memory in use, 0 to 1. */
export function memoryUsed(name: string): string {
  return [
    ...samples('r._measurement == "mem" and r._field == "available_percent"'),
    ...windowMean(),
    `  |> map(fn: (r) => ({_time: r._time, "${name}": 1.0 - r._value / 100.0}))`,
  ].join('\n');
}

/** Bytes a second, `received` and `sent`, summed up over the network cards. */
export function networkBytes(): string {
  return [
    ...samples('r._measurement == "net" and (r._field == "bytes_recv" or r._field == "bytes_sent")'),
    // The start of a window keeps its rate inside the same window when the cards are added up.
    '  |> aggregateWindow(every: v.windowPeriod, fn: last, createEmpty: false, timeSrc: "_start")',
    '  |> derivative(unit: 1s, nonNegative: true)',
    '  |> group(columns: ["_field"])',
    '  |> aggregateWindow(every: v.windowPeriod, fn: sum, createEmpty: true)',
    '  |> group()',
    '  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")',
    '  |> rename(columns: {bytes_recv: "received", bytes_sent: "sent"})',
    '  |> keep(columns: ["_time", "received", "sent"])',
  ].join('\n');
}

function samples(filter: string): string[] {
  return [
    'from(bucket: v.defaultBucket)',
    '  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)',
    `  |> filter(fn: (r) => r.server == "$server" and ${filter})`,
  ];
}

/** A window without a sample is a gap in the line. */
function windowMean(): string[] {
  return ['  |> group()', '  |> aggregateWindow(every: v.windowPeriod, fn: mean, createEmpty: true)'];
}
