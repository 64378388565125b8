const beginning = 'it runs without ';

/** The note of a report that says what a container was not given. */
export function runsWithout(words: string): string {
  return `${beginning}${words}`;
}

/** What notes of reports say that was not given. */
export function ranWithout(notes: readonly string[]): readonly string[] {
  return notes.flatMap((note) => (note.startsWith(beginning) ? [note.slice(beginning.length)] : []));
}
