import type { GetFederationTokenCommandInput, GetFederationTokenCommandOutput } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { partitionOf } from '../../core/arn.ts';
import type { Arn } from '../../core/ids.ts';
import { defineOperation, type RequestContext } from '../../core/operation.ts';
import type { Principal, Voucher } from '../../core/principal.ts';
import { givenTagConditions } from '../../core/tags.ts';
import { structuresOf, textOf } from '../../core/unvalidated.ts';
import { durations, grantedSeconds, requireLongTerm } from './get-session-token.ts';
import type { StsRuntime } from './runtime.ts';
import { issueSession, readSession } from './session-input.ts';
import { duration, nameText, policyArns, sessionPolicy, sessionTags } from './shapes.ts';

const schema = z.object({
  Name: nameText.min(2).max(32),
  Policy: sessionPolicy.optional(),
  PolicyArns: policyArns.optional(),
  DurationSeconds: duration(durations.shortest, durations.longest).optional(),
  Tags: sessionTags.optional(),
});

function federatedArn({ account, region }: Pick<RequestContext, 'account' | 'region'>, name: string): Arn {
  return `arn:${partitionOf(region)}:sts::${account}:federated-user/${name}` as Arn;
}

/** Gives out a session to somebody for whom a user vouches: it may do what both the user's policies and its own allow. */
export function getFederationToken(runtime: StsRuntime) {
  return defineOperation<GetFederationTokenCommandInput, GetFederationTokenCommandOutput>()<z.infer<typeof schema>>({
    schema,
    readOnly: true,
    audit: { kind: 'management', hideAnswer: ['SecretAccessKey', 'SessionToken'] },
    access: ({ Name, Tags }, context) => {
      const resource = federatedArn(context, textOf(Name) ?? '*');
      const conditions = givenTagConditions(Tags);
      const actions = ['GetFederationToken', ...(structuresOf(Tags).length > 0 ? ['TagSession'] : [])];
      return actions.map((action) => ({ action: `sts:${action}`, resource, conditions }));
    },
    handler: (input, context) => {
      const { principal, account, now } = context;
      requireLongTerm(principal, 'GetFederationToken');
      const session = { ...readSession(runtime, account, input), issuedAt: now };
      const arn = federatedArn(context, input.Name);
      const userId = `${account}:${input.Name}`;
      const user: Principal = { kind: 'federated-user', arn, userId, account, voucher: voucherOf(principal), session };
      const seconds = grantedSeconds(input.DurationSeconds ?? durations.usual, principal);
      return {
        ...issueSession(runtime, user, now + seconds * 1000),
        FederatedUser: { FederatedUserId: userId, Arn: arn },
      };
    },
  });
}

function voucherOf(principal: Principal): Voucher {
  if (principal.kind !== 'user') return { kind: 'root' };
  return { kind: 'user', userName: principal.userName, userId: principal.userId };
}
