import type { Trail } from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import { formatArn, nameOfArn, parseArn, type Scope } from '../../core/arn.ts';
import { present } from '../../core/present.ts';
import type { TrailPlace, TrailRecord } from './records.ts';
import { notHere, refuse } from './refusals.ts';
import { trailArn } from './trails.ts';

/** What CreateTrail and UpdateTrail take alike. */
export const settings = {
  S3KeyPrefix: z.string().max(1024).optional(),
  SnsTopicName: z.string().max(1024).optional(),
  IncludeGlobalServiceEvents: z.boolean().optional(),
  IsMultiRegionTrail: z.boolean().optional(),
  EnableLogFileValidation: z.boolean().optional(),
  CloudWatchLogsLogGroupArn: z.string().max(2048).optional(),
  CloudWatchLogsRoleArn: z.string().max(2048).optional(),
  KmsKeyId: z.string().max(2048).optional(),
  IsOrganizationTrail: z.boolean().optional(),
  RecursiveLogging: z.boolean().optional(),
};
type Settings = z.infer<z.ZodObject<typeof settings>>;

/** The settings that were given, as they are kept. An empty text takes a setting back. */
export function readSettings(scope: Scope, given: Settings) {
  refuseUnsupported(given);
  const { IncludeGlobalServiceEvents, IsMultiRegionTrail, EnableLogFileValidation } = given;
  if (IsMultiRegionTrail && IncludeGlobalServiceEvents === false)
    refuse('InvalidParameterCombinationException', 'Multi-Region trail must include global service events.');
  return present({
    global: IncludeGlobalServiceEvents,
    multiRegion: IsMultiRegionTrail,
    validation: EnableLogFileValidation,
    topicArn: given.SnsTopicName ? topicArnOf(scope, given.SnsTopicName) : undefined,
  });
}

function refuseUnsupported(given: Settings): void {
  if (given.CloudWatchLogsLogGroupArn || given.CloudWatchLogsRoleArn) notHere('Delivery of trails to CloudWatch Logs');
  if (given.KmsKeyId) notHere('KmsKeyId of a trail');
  if (given.IsOrganizationTrail) refuse('OrganizationsNotInUseException', 'There is no organization here.');
  if (given.RecursiveLogging) notHere('RecursiveLogging');
}

function topicArnOf(scope: Scope, given: string): string {
  const name = given.startsWith('arn:') ? (parseArn(given)?.resource ?? '') : given;
  if (!/^[\w-]{1,256}$/.test(name))
    refuse('InvalidSnsTopicNameException', `SNS Topic does not exist or the topic policy is incorrect: ${given}`);
  return given.startsWith('arn:') ? given : formatArn('sns', scope, name);
}

/** Refuses what is no bucket's name: it names a directory, or goes into a path. */
export function checkBucket(bucket: string): string {
  const isName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && !bucket.includes('..');
  return isName ? bucket : refuse('InvalidS3BucketNameException', `Invalid S3 bucket name: ${bucket}`);
}

/** Refuses what would lead out of the bucket, or is more than CloudTrail takes. */
export function checkPrefix(prefix: string): string {
  const isPath = /^[\w!.*'()/&$@=;:+ ,-]+$/.test(prefix) && prefix.split('/').every((part) => !/^\.{0,2}$/.test(part));
  if (prefix.length > 200) refuse('InvalidS3PrefixException', 'S3 prefix is longer than maximum length: 200.');
  return isPath ? prefix : refuse('InvalidS3PrefixException', `Invalid S3 prefix: ${prefix}`);
}

/** The place that a trail has, with what is given of a new one. */
export function placeOf(bucket: string, prefix: string | undefined): TrailPlace {
  return { bucket: checkBucket(bucket), ...(prefix && { prefix: checkPrefix(prefix) }) };
}

/** What all operations show of a trail. */
export function shownTrail(trail: TrailRecord) {
  const { name, place, topicArn, global, multiRegion, validation } = trail;
  return {
    Name: name,
    S3BucketName: place.bucket,
    ...present({
      S3KeyPrefix: place.prefix,
      SnsTopicName: topicArn && nameOfTopic(topicArn),
      SnsTopicARN: topicArn,
    }),
    IncludeGlobalServiceEvents: global,
    IsMultiRegionTrail: multiRegion,
    TrailARN: trailArn(trail, name),
    LogFileValidationEnabled: validation,
    IsOrganizationTrail: false,
  };
}

function nameOfTopic(arn: string): string {
  return nameOfArn(parseArn(arn)?.resource ?? arn);
}

/** The same with what lists add. */
export function describedTrail(trail: TrailRecord): Trail {
  return {
    ...shownTrail(trail),
    HomeRegion: trail.region,
    HasCustomEventSelectors: trail.selectors !== undefined,
    HasInsightSelectors: false,
  };
}
