import type {
  CreateTrailCommandInput,
  CreateTrailCommandOutput,
  DeleteTrailCommandInput,
  DeleteTrailCommandOutput,
  UpdateTrailCommandInput,
  UpdateTrailCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { uuidV7 } from '../../../core/random.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import type { Transaction } from '../../../store/index.ts';
import {
  type TrailProgressRecord,
  type TrailRecord,
  trailFileRecords,
  trailProgressRecords,
  trailRecords,
} from '../records.ts';
import { refuse } from '../refusals.ts';
import { type CloudTrailRuntime, cloudTrailOperation, requireRecords } from '../runtime.ts';
import { placeOf, readSettings, settings, shownTrail } from '../settings.ts';
import { readTags, tagList } from '../tags.ts';
import { checkTrailName, mostTrails, requireOwnTrail, trailAccess, trailNamed } from '../trails.ts';

const createSchema = z.object({
  Name: z.string().max(2048),
  S3BucketName: z.string().max(2048),
  TagsList: tagList.optional(),
  ...settings,
});

export const createTrail = cloudTrailOperation<CreateTrailCommandInput, CreateTrailCommandOutput>()<
  z.infer<typeof createSchema>
>({
  schema: createSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name, TagsList }, context) => {
    const conditions = givenTagConditions(TagsList);
    const tagged = Array.isArray(TagsList) && TagsList.length > 0 ? ['AddTags'] : [];
    return ['CreateTrail', ...tagged].flatMap((action) =>
      trailAccess(action, context, Name).map((each) => ({ ...each, conditions })),
    );
  },
  handler: (runtime, input, context) => {
    requireRecords(runtime);
    const { ledger, random } = runtime;
    const { Name: name, S3BucketName, S3KeyPrefix, TagsList } = input;
    checkTrailName(name);
    const own = {
      place: placeOf(S3BucketName, S3KeyPrefix),
      ...readSettings(context, input),
      tags: readTags(TagsList),
    };
    if (trailNamed(ledger, context, name))
      refuse('TrailAlreadyExistsException', `Trail ${name} already exists for customer: ${context.account}`);
    if (ledger.count(trailRecords, context) >= mostTrails)
      refuse(
        'MaximumNumberOfTrailsExceededException',
        `User: ${context.account} already has ${mostTrails} trails in ${context.region}.`,
      );
    const id = uuidV7(context.now, random);
    const start = { ...scopeOf(context), name, id };
    const defaults = { global: true, multiRegion: false, validation: false, isLogging: false };
    const trail: TrailRecord = { ...start, ...defaults, ...own, createdAt: context.now };
    ledger.transact((transaction) => {
      transaction.put(trailRecords, trail);
      transaction.put(trailProgressRecords, { ...start, spans: [], chains: [], status: {} });
    });
    return shownTrail(trail);
  },
});

const updateSchema = z.object({
  Name: z.string().max(2048),
  S3BucketName: z.string().max(2048).optional(),
  ...settings,
});

/** What is not given stays as it is; an empty prefix or topic takes that back. */
export const updateTrail = cloudTrailOperation<UpdateTrailCommandInput, UpdateTrailCommandOutput>()<
  z.infer<typeof updateSchema>
>({
  schema: updateSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name }, context) => trailAccess('UpdateTrail', context, Name),
  handler: ({ ledger }, input, context) => {
    const before = requireOwnTrail(ledger, context, input.Name);
    const { S3BucketName = before.place.bucket, S3KeyPrefix = before.place.prefix, SnsTopicName } = input;
    const { topicArn, ...kept } = before;
    const topic = SnsTopicName === undefined && topicArn !== undefined ? { topicArn } : {};
    const place = placeOf(S3BucketName, S3KeyPrefix);
    const trail: TrailRecord = { ...kept, ...topic, ...readSettings(context, input), place };
    if (trail.multiRegion && !trail.global)
      refuse('InvalidParameterCombinationException', 'Multi-Region trail must include global service events.');
    ledger.transact((transaction) => {
      transaction.put(trailRecords, trail);
      if (before.validation !== trail.validation) switchValidation({ ledger }, transaction, trail, context.now);
    });
    return shownTrail(trail);
  },
});

type Reads = Pick<CloudTrailRuntime, 'ledger'>;

/** Digests begin now, or end: files that no digest names yet are in none. */
function switchValidation({ ledger }: Reads, transaction: Transaction, trail: TrailRecord, now: number): void {
  const progress = ledger.get(trailProgressRecords, trail, trail.name);
  if (!progress) return;
  const { plan, ...rest } = progress;
  const kept = plan && (trail.validation || plan.kind === 'logs') ? { plan } : {};
  if (!trail.validation) forgetFiles({ ledger }, transaction, trail);
  const chains = trail.validation && trail.isLogging ? [{ region: trail.region, since: wholeSeconds(now) }] : [];
  const changed: TrailProgressRecord = { ...rest, ...kept, chains };
  transaction.put(trailProgressRecords, changed);
}

function forgetFiles({ ledger }: Reads, transaction: Transaction, trail: TrailRecord): void {
  for (const { name, file } of [...ledger.by(trailFileRecords, trail, 'trail', { value: trail.name })])
    transaction.delete(trailFileRecords, trail, `${name}\n${file.region}\n${file.object}`);
}

/** Digests begin and end at whole seconds. */
export function wholeSeconds(time: number): number {
  return Math.floor(time / 1000) * 1000;
}

const deleteSchema = z.object({ Name: z.string().max(2048) });

export const deleteTrail = cloudTrailOperation<DeleteTrailCommandInput, DeleteTrailCommandOutput>()<
  z.infer<typeof deleteSchema>
>({
  schema: deleteSchema,
  readOnly: false,
  audit: 'management',
  access: ({ Name }, context) => trailAccess('DeleteTrail', context, Name),
  handler: ({ ledger, kept }, { Name }, context) => {
    const trail = requireOwnTrail(ledger, context, Name);
    ledger.transact((transaction) => {
      forgetFiles({ ledger }, transaction, trail);
      transaction.delete(trailProgressRecords, trail, trail.name);
      transaction.delete(trailRecords, trail, trail.name);
      kept?.deliverer.end(transaction, trail);
    });
    return {};
  },
});
