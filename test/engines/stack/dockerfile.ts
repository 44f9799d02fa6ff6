/** One stage of a Dockerfile: its base image and its instructions in order. */
export interface Stage {
  readonly name: string | undefined;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** `RUN npm ci` as keyword and rest, continued lines joined. */
export interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

/** Reads the stages of a Dockerfile. Throws when something stands before the first FROM. */
export function readDockerfile(text: string): readonly Stage[] {
  const lines = text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: { name: string | undefined; image: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (keyword === 'FROM') {
      const [, image = '', name] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
      stages.push({ name, image, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`${line} stands before FROM`);
    stage.instructions.push({ keyword, rest });
  }
  return stages;
}

/** The words of an instruction in the form `["node", "x"]`. Throws when it has another form. */
export function wordsOf(rest: string): readonly string[] {
  const words: unknown = JSON.parse(rest);
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) {
    throw new Error(`a list of words is wanted, not ${rest}`);
  }
  return words;
}
