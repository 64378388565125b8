import type { ListPublicKeysCommandInput, ListPublicKeysCommandOutput } from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import { refuse } from '../refusals.ts';
import { cloudTrailOperation } from '../runtime.ts';

/** Seconds since 1970, until the year 9999. */
const epochSeconds = z
  .number()
  .min(0)
  .max(253_402_300_799)
  .transform((seconds) => new Date(seconds * 1000));

const schema = z.object({
  StartTime: epochSeconds.optional(),
  EndTime: epochSeconds.optional(),
  NextToken: z.string().max(1000).optional(),
});

/** The keys whose digests are of a range of time: without one, those of now. */
export const listPublicKeys = cloudTrailOperation<ListPublicKeysCommandInput, ListPublicKeysCommandOutput>()<
  z.infer<typeof schema>
>({
  schema,
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'cloudtrail:ListPublicKeys', resource: '*' }],
  handler: ({ keys }, { StartTime, EndTime, NextToken }, context) => {
    if (NextToken !== undefined) refuse('InvalidTokenException', 'Invalid token.');
    const [start, end] = [StartTime?.getTime() ?? context.now, EndTime?.getTime() ?? context.now];
    if (start > end) refuse('InvalidTimeRangeException', 'The start time is after the end time.');
    const PublicKeyList = keys.keysOf(context, start, end).map(({ publicKey, from, to, fingerprint }) => ({
      Value: Buffer.from(publicKey, 'base64'),
      ValidityStartTime: new Date(from),
      ValidityEndTime: new Date(to),
      Fingerprint: fingerprint,
    }));
    return { PublicKeyList };
  },
});
