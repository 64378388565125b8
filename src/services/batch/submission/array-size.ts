import { demand } from '../refusals.ts';
import type { SubmitJobInput } from '../schemas/job.ts';

const smallest = 2;
const largest = 10_000;

/** How many children a submission asks for; undefined where it asks for none. Spec 01 §13.1. No words are reported of AWS. */
export function arraySize({ arrayProperties }: SubmitJobInput): number | undefined {
  const size = arrayProperties?.size;
  if (size === undefined) return undefined;
  demand(size >= smallest && size <= largest, `Array size must be between ${smallest} and ${largest}, got ${size}.`);
  return size;
}
