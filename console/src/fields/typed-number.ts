import type { NumberField } from './field.ts';

/** What is typed into a field of numbers: what is none stays as it was typed, and the form says so. */
export function typedNumber({ text = false }: Pick<NumberField, 'text'>, typed: string): number | string | undefined {
  const trimmed = typed.trim();
  if (trimmed === '') return undefined;
  if (text) return trimmed;
  return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}
