import { type Place, placeOf, readJson } from './json-places.ts';

/** Something that is wrong with a text, and where. */
export interface Mark extends Place {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** What is wrong with the value that a JSON pointer names, as services tell it. */
export interface PointedProblem {
  /** Absent: the whole. */
  readonly pointer?: string | undefined;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** Problems where they are in `text`. Where that is no JSON, this alone is said, in the words of `notJson`. */
export function marksOf(text: string, problems: readonly PointedProblem[], notJson: string): readonly Mark[] {
  const reading = readJson(text);
  if (reading.kind === 'fault') {
    const from = Math.min(reading.at, Math.max(0, text.length - 1));
    return [{ from, to: Math.min(text.length, from + 1), severity: 'error', message: notJson }];
  }
  return problems.map(({ pointer = '', severity, message }) => {
    return { ...(placeOf(reading.places, pointer) ?? { from: 0, to: 0 }), severity, message };
  });
}

/** The line that `at` is in, counted from 1. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
