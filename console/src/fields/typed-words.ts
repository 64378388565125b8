import { isSame } from './changed.ts';
import { shellLine, shellWords } from './shell-words.ts';

/** How a command is typed. */
export type WordsForm = 'shell' | 'json';

/** The words that are typed; undefined for JSON that is no list of texts. */
export function typedWords(form: WordsForm, text: string): readonly string[] | undefined {
  if (text.trim() === '') return [];
  if (form === 'shell') return shellWords(text);
  try {
    const value: unknown = JSON.parse(text);
    const isWords = Array.isArray(value) && value.every((word) => typeof word === 'string');
    return isWords ? value : undefined;
  } catch {
    // Not whole yet: the field says so, and what is typed stays.
    return undefined;
  }
}

/** What stands in the field: what was typed as long as it stands for `words`, or for nothing yet. */
export function shownWords(form: WordsForm, typed: string, words: readonly string[]): string {
  const read = typedWords(form, typed);
  if (read === undefined || isSame(read, words)) return typed;
  return form === 'shell' ? shellLine(words) : JSON.stringify(words);
}
