/** 0.423 → `42 %`; unknown → `-`. */
export function showRatio(value: number | undefined): string {
  return value === undefined ? '-' : `${Math.round(value * 100)} %`;
}

/** 0.5 → `0.50`; unknown → `-`. */
export function showLoad(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(2);
}

/** A count, rounded; unknown → `-`. */
export function showCount(value: number | undefined): string {
  return value === undefined ? '-' : String(Math.round(value));
}

/** Bytes a second as network people say it: `12.5 Mbit/s`; unknown → `-`. */
export function showBandwidth(bytesPerSecond: number | undefined): string {
  return bytesPerSecond === undefined ? '-' : `${((bytesPerSecond * 8) / 1e6).toFixed(1)} Mbit/s`;
}

/** Seconds as `8 s`, `4 min`, `3 h` or `2 d`; unknown → `-`. */
export function showAge(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** Milliseconds since 1970 as `2025-03-01 08:00:05Z`. */
export function showTime(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '-';
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}
