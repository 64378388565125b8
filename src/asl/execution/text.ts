import { type Json, nestsDeeper } from '../json/json.ts';
import { bounds, limits } from '../limits.ts';
import { limitedText, payloadTooLarge } from './data.ts';

/**
 * The text that a value was sent as, if it would be written otherwise: undefined when it is compact, or nests so deep that
 * its state is about to fail for that. What nobody computed anew keeps its text: an input through a Pass state, the
 * branches' outputs in a Parallel state's.
 */
export function verbatim(text: string, value: Json): string | undefined {
  return nestsDeeper(value, bounds.jsonDepth) || JSON.stringify(value) === text ? undefined : text;
}

/** A value that may still be as it was sent. */
export interface Sent {
  readonly value: Json;
  /** Absent: it is compact. */
  readonly text?: string | undefined;
}

/** The text of `value`, when it is the very one that was sent as one of these. */
export function sentText(value: Json, ...sent: readonly Sent[]): string | undefined {
  return sent.find((each) => each.text !== undefined && Object.is(each.value, value))?.text;
}

/** The text of a payload; throws `States.DataLimitExceeded` above 256 KiB. */
export function payloadText({ value, text }: Sent, state: string): string {
  const compact = limitedText(value, state);
  if (text === undefined) return compact;
  if (Buffer.byteLength(text) > limits.payloadBytes) throw payloadTooLarge(state);
  return text;
}
