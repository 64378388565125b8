import type { JobDetail } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';
import { formatRanges, rangesOf } from '../output/ranges.ts';

/** Which children of another array the children of an array run again. */
export interface Originals {
  /** How many children that has. */
  readonly size: number;
  /** Their indexes there, which they are told, by the index here. */
  readonly indexes: readonly number[];
}

const rerunTag = 'batchyard:rerun-of';

/** Undefined for a job that is no array, or whose children are themselves. */
export async function originalsOf(
  client: Client,
  { jobId, tags = {}, arrayProperties }: JobDetail,
): Promise<Originals | undefined> {
  if (arrayProperties?.size === undefined || tags[rerunTag] === undefined) return undefined;
  const { originals } = await client.extension<{ readonly originals?: Originals }>('ExplainJob', { jobId });
  return originals;
}

/** Such as `3, 7-8 of 40`: who these children are there, in at most `limit` ranges. */
export function originalWords({ size, indexes }: Originals, members: readonly number[], limit: number): string {
  const there = members.flatMap((member) => indexes[member] ?? []);
  return `${formatRanges(rangesOf(there), limit)} of ${size}`;
}
