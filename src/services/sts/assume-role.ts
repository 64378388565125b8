import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { defineOperation } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import { checkAssumable, readPolicy, rolePrincipal, type Sessions } from '../../iam/index.ts';
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
    access: ({ RoleArn }) => [{ action: 'sts:AssumeRole', resource: textOf(RoleArn) ?? '*' }],
    audit: { kind: 'management', hide: ['TokenCode'], hideAnswer: ['SecretAccessKey', 'SessionToken'] },
    handler: (input, context) => {
      refuseMfa(input.SerialNumber, input.TokenCode);
      checkPolicy(input.Policy);
      const role = { roleArn: checkAssumable(input.RoleArn, context), account: context.account };
      const principal = rolePrincipal({ ...role, sessionName: input.RoleSessionName, use: { kind: 'assumed' } });
      const seconds = input.DurationSeconds ?? durations.usual;
      return {
        Credentials: describeCredentials(sessions.issue(principal, context.now + seconds * 1000)),
        AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
        ...(input.SourceIdentity !== undefined && { SourceIdentity: input.SourceIdentity }),
      };
    },
  });
}

function checkPolicy(policy: string | undefined): void {
  const reading = policy === undefined ? undefined : readPolicy(policy, 'session');
  if (reading?.kind === 'malformed') throw new ServiceError('MalformedPolicyDocument', reading.message);
}
