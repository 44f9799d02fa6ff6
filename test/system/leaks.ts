/** Something printed, and by whom. */
export interface Printed {
  readonly name: string;
  readonly text: string;
}

const SHOWN = 300;

/** Each line that holds one of these secrets, as it stands or percent- or base64-encoded. */
export function leaksIn(printed: readonly Printed[], secrets: readonly string[]): readonly string[] {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]);
  const wanted = [...new Set(forms)];
  return printed.flatMap(({ name, text }) =>
    wanted
      .filter((form) => text.includes(form))
      .map((form) => {
        const line = text.split('\n').find((candidate) => candidate.includes(form)) ?? '';
        return `${name} printed ${form}: ${line.slice(0, SHOWN)}`;
      }),
  );
}
