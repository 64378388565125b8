import type { Credentials } from '@aws-sdk/client-sts';
import type { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import type { AccountId, EpochMilliseconds } from '../../core/ids.ts';
import type { Principal, SessionFacts } from '../../core/principal.ts';
import { reservedTagText } from '../../core/tags.ts';
import { readPolicy } from '../../iam/index.ts';
import { describeCredentials } from './credentials.ts';
import type { StsRuntime } from './runtime.ts';
import type { policyArns, sessionTags } from './shapes.ts';

/** What callers give a session, beside whose it is. */
export interface GivenSession {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: z.infer<typeof policyArns> | undefined;
  readonly Tags?: z.infer<typeof sessionTags> | undefined;
}

/** What of that decides later. Throws what AWS answers of a policy or a tag that cannot be. */
export function readSession({ authority }: StsRuntime, account: AccountId, given: GivenSession): SessionFacts {
  const { Policy: policy, PolicyArns = [], Tags = [] } = given;
  checkPolicy(policy);
  const arns = PolicyArns.flatMap(({ arn }) => arn ?? []);
  for (const arn of arns) {
    // No words are reported of AWS.
    if (!authority.reads.managedPolicy(account, arn)) {
      throw new ServiceError('MalformedPolicyDocument', `Policy ${arn} does not exist or is not attachable.`);
    }
  }
  return {
    ...(policy !== undefined && { policy }),
    ...(arns.length > 0 && { policyArns: arns }),
    ...(Tags.length > 0 && { tags: readTags(Tags) }),
  };
}

function checkPolicy(policy: string | undefined): void {
  const reading = policy === undefined ? undefined : readPolicy(policy, 'session');
  if (reading?.kind === 'malformed') throw new ServiceError('MalformedPolicyDocument', reading.message);
}

function readTags(tags: z.infer<typeof sessionTags>): Readonly<Record<string, string>> {
  const keys = new Set(tags.map(({ Key }) => Key.toLowerCase()));
  if (keys.size < tags.length) {
    throw invalidParameter('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if (tags.some(({ Key }) => reservedTagText.test(Key))) {
    throw invalidParameter('aws: prefixed tag key names are not allowed for external use.');
  }
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message);
}

export interface Issued {
  readonly Credentials: Credentials;
  readonly PackedPolicySize?: number;
}

/** Credentials for a principal. Throws `PackedPolicyTooLarge` for more than a token holds. */
export function issueSession({ sessions }: StsRuntime, principal: Principal, expiration: EpochMilliseconds): Issued {
  const percent = Math.ceil(sessions.share(principal) * 100);
  if (percent > 100) {
    const message = `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`;
    throw new ServiceError('PackedPolicyTooLarge', message);
  }
  const { policy, policyArns, tags } = principal.session ?? {};
  const isPacked = policy !== undefined || policyArns !== undefined || tags !== undefined;
  return {
    Credentials: describeCredentials(sessions.issue(principal, expiration)),
    ...(isPacked && { PackedPolicySize: percent }),
  };
}

/** What a caller is told who may not call. */
export function accessDenied(message: string): ServiceError {
  return new ServiceError('AccessDenied', message, { status: 403 });
}
