const beginning = 'It ran without ';

/** Why a container that ended well has a reason: what it was not given. */
export function withoutReason(words: readonly string[]): string {
  return `${beginning}${words.join('; ')}`;
}

/** What such a reason says that was not given; undefined for any other. */
export function withoutWords(reason: string): readonly string[] | undefined {
  return reason.startsWith(beginning) ? reason.slice(beginning.length).split('; ') : undefined;
}
