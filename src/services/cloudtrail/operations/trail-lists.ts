import type {
  DescribeTrailsCommandInput,
  DescribeTrailsCommandOutput,
  GetTrailCommandInput,
  GetTrailCommandOutput,
  ListTrailsCommandInput,
  ListTrailsCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import { pageOf } from '../../../core/page.ts';
import { refuse } from '../refusals.ts';
import { cloudTrailOperation } from '../runtime.ts';
import { describedTrail } from '../settings.ts';
import { findTrail, requireTrail, trailAccess, trailArn, trailsOf } from '../trails.ts';

const name = z.string().max(2048);
const describeSchema = z.object({
  trailNameList: z.array(name).max(1000).optional(),
  includeShadowTrails: z.boolean().optional(),
});

/** Trails of this region, and unless that is refused those of others that log here too. Unknown names are left out. */
export const describeTrails = cloudTrailOperation<DescribeTrailsCommandInput, DescribeTrailsCommandOutput>()<
  z.infer<typeof describeSchema>
>({
  schema: describeSchema,
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'cloudtrail:DescribeTrails', resource: '*' }],
  handler: ({ ledger }, { trailNameList = [], includeShadowTrails = true }, context) => {
    const named = [...new Set(trailNameList)].flatMap((each) => findTrail(ledger, context, each) ?? []);
    const here = trailsOf(ledger, context).filter(
      ({ region, multiRegion }) => region === context.region || multiRegion,
    );
    const found = trailNameList.length > 0 ? named : here;
    const shown = found.filter(({ region }) => includeShadowTrails || region === context.region);
    return { trailList: shown.map(describedTrail) };
  },
});

const getSchema = z.object({ Name: name });

export const getTrail = cloudTrailOperation<GetTrailCommandInput, GetTrailCommandOutput>()<z.infer<typeof getSchema>>({
  schema: getSchema,
  readOnly: true,
  audit: 'management',
  access: ({ Name }, context) => trailAccess('GetTrail', context, Name),
  handler: ({ ledger }, { Name }, context) => ({ Trail: describedTrail(requireTrail(ledger, context, Name)) }),
});

const listSchema = z.object({ NextToken: z.string().max(1000).optional() });

/** Trails of all regions. */
export const listTrails = cloudTrailOperation<ListTrailsCommandInput, ListTrailsCommandOutput>()<
  z.infer<typeof listSchema>
>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'cloudtrail:ListTrails', resource: '*' }],
  handler: ({ ledger }, { NextToken: token }, context) => {
    const all = trailsOf(ledger, context);
    const badToken = () => refuse('InvalidNextTokenException', 'Invalid token.');
    const request = { kind: 'trails', size: 100, token, refuse: badToken };
    const { items, nextToken } = pageOf(all, (trail) => trailArn(trail, trail.name), request);
    const Trails = items.map((trail) => ({
      TrailARN: trailArn(trail, trail.name),
      Name: trail.name,
      HomeRegion: trail.region,
    }));
    return { Trails, ...(nextToken !== undefined && { NextToken: nextToken }) };
  },
});
