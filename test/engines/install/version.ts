/**
 * The version in what a program prints about itself ("InfluxDB v2.7.12 (git: …)", "prometheus, version 2.42.0+ds"),
 * as "2.7.12"; `undefined` when it names none ("InfluxDB dev").
 */
export function readVersion(output: string): string | undefined {
  return /(?:^|[\s,/])v?(\d+\.\d+\.\d+)(?=$|[^\d.])/m.exec(output)?.[1];
}

/** Whether `found` can stand in for `wanted`: the same major version, and not older. Both as "1.2.3". */
export function isVersionEnough(found: string, wanted: string): boolean {
  const [major, ...rest] = parts(found);
  const [wantedMajor, ...wantedRest] = parts(wanted);
  if (major !== wantedMajor) return false;
  for (const [index, least] of wantedRest.entries()) {
    const part = rest[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

function parts(version: string): readonly number[] {
  return version.split('.').map(Number);
}
