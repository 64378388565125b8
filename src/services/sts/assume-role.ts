import { createHash } from 'node:crypto';
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { parseArn } from '../../core/arn.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Arn } from '../../core/ids.ts';
import { defineOperation, type Principal, type RequestContext } from '../../core/operation.ts';
import type { Sessions } from '../../iam/index.ts';
import { describeCredentials, refuseMfa } from './credentials.ts';
import {
  duration,
  mfaCode,
  mfaSerialNumber,
  nameText,
  policyArns,
  providedContexts,
  roleArn,
  sessionName,
  sessionPolicy,
  sessionTags,
  tagKeys,
} from './shapes.ts';

/** Seconds. */
const durations = { shortest: 900, longest: 43_200, usual: 3600 } as const;

const schema = z.object({
  RoleArn: roleArn,
  RoleSessionName: sessionName,
  DurationSeconds: duration(durations.shortest, durations.longest).optional(),
  Policy: sessionPolicy.optional(),
  PolicyArns: policyArns.optional(),
  Tags: sessionTags.optional(),
  TransitiveTagKeys: tagKeys.optional(),
  ExternalId: z.string().min(2).max(1224).optional(),
  SerialNumber: mfaSerialNumber.optional(),
  TokenCode: mfaCode.optional(),
  SourceIdentity: nameText.min(2).max(64).optional(),
  ProvidedContexts: providedContexts.optional(),
});

/**
 * Gives out a session of a role. Roles are not stored yet: any role of the account can be assumed by whoever may call
 * this. Session policies and tags are checked for form only, since a role session may do nothing yet that they could limit.
 */
export function assumeRole(sessions: Sessions) {
  return defineOperation<AssumeRoleCommandInput, AssumeRoleCommandOutput>()<z.infer<typeof schema>>({
    schema,
    readOnly: true,
    access: (input) => [{ action: 'sts:AssumeRole', resource: input.RoleArn }],
    handler: (input, context) => {
      refuseMfa(input.SerialNumber, input.TokenCode);
      checkPolicy(input.Policy);
      const principal = roleSession(roleName(input.RoleArn, context), input.RoleSessionName, context);
      const seconds = input.DurationSeconds ?? durations.usual;
      return {
        Credentials: describeCredentials(sessions.issue(principal, context.now + seconds * 1000)),
        AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
        ...(input.SourceIdentity !== undefined && { SourceIdentity: input.SourceIdentity }),
      };
    },
  });
}

/** The role's name, without its path. Throws unless the ARN is that of a role of this account. */
function roleName(arn: string, { account, principal }: RequestContext): string {
  const parts = parseArn(arn);
  const name = /^role\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})$/.exec(parts?.resource ?? '')?.[1];
  if (!parts || name === undefined || parts.service !== 'iam' || parts.region !== '') {
    throw new ServiceError('ValidationError', `${arn} is invalid`);
  }
  if (parts.account === account) return name;
  const message = `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
  throw new ServiceError('AccessDenied', message, { status: 403 });
}

function roleSession(role: string, session: string, { account }: RequestContext): Principal {
  const arn = `arn:aws:sts::${account}:assumed-role/${role}/${session}` as Arn;
  return { kind: 'assumed-role', arn, userId: `${roleId(account, role)}:${session}`, account };
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** AWS's unique id of a role; ours is drawn from its name, since roles are not stored. */
function roleId(account: string, role: string): string {
  const digest = createHash('sha256').update(`${account}/${role}`).digest();
  return `AROA${Array.from(digest.subarray(0, 17), (byte) => base32.charAt(byte & 31)).join('')}`;
}

function checkPolicy(policy: string | undefined): void {
  if (policy === undefined) return;
  try {
    JSON.parse(policy);
  } catch (cause) {
    throw new ServiceError('MalformedPolicyDocument', 'This policy contains invalid Json', { cause });
  }
}
