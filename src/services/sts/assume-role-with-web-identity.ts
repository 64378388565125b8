import type {
  AssumeRoleWithWebIdentityCommandInput,
  AssumeRoleWithWebIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import { z } from 'zod';
import { InvariantViolation } from '../../core/errors.ts';
import { type AccessRequest, defineOperation, type RequestContext } from '../../core/operation.ts';
import type { WebIdentity } from '../../core/principal.ts';
import { requestTagConditions } from '../../core/tags.ts';
import { textOf, type Unvalidated } from '../../core/unvalidated.ts';
import { checkAssumable, roleNameOf, rolePrincipal } from '../../iam/index.ts';
import { checkDuration, durations } from './role-durations.ts';
import type { StsRuntime } from './runtime.ts';
import { accessDenied, issueSession, readSession } from './session-input.ts';
import { duration, policyArns, roleArn, sessionName, sessionPolicy } from './shapes.ts';
import { tokenLength } from './web-identity/index.ts';

const schema = z.object({
  RoleArn: roleArn,
  RoleSessionName: sessionName,
  WebIdentityToken: z.string().min(tokenLength.shortest).max(tokenLength.longest),
  /** Of providers of OAuth 2.0, which AWS has and this server has not. */
  ProviderId: z.string().min(4).max(2048).optional(),
  DurationSeconds: duration(durations.shortest, durations.longest).optional(),
  Policy: sessionPolicy.optional(),
  PolicyArns: policyArns.optional(),
});

type Input = z.infer<typeof schema>;

/** Gives out a session of a role for a token of an identity provider that the role's trust policy names. */
export function assumeRoleWithWebIdentity(runtime: StsRuntime) {
  return defineOperation<AssumeRoleWithWebIdentityCommandInput, AssumeRoleWithWebIdentityCommandOutput>()<Input>({
    schema,
    readOnly: true,
    identify: (input, context) => runtime.webIdentities.identify(input.WebIdentityToken, context),
    access: questions,
    audit: { kind: 'management', hide: ['WebIdentityToken'], hideAnswer: ['SecretAccessKey', 'SessionToken'] },
    handler: (input, context) => {
      const caller = callerOf(context);
      const { account, now } = context;
      const roleArn = checkAssumable(input.RoleArn, context);
      const role = runtime.authority.reads.role(account, roleNameOf(roleArn));
      if (!role) throw accessDenied('Not authorized to perform sts:AssumeRoleWithWebIdentity');
      const seconds = checkDuration(input.DurationSeconds, role.maxSessionDuration);
      const { provider, given } = caller;
      const session = { ...readSession(runtime, account, input), ...given, issuedAt: now, federatedProvider: provider };
      const principal = rolePrincipal({
        ...{ account, roleArn, session, sessionName: input.RoleSessionName },
        ...{ use: { kind: 'assumed' }, roleId: role.uniqueId },
      });
      return {
        ...issueSession(runtime, principal, now + seconds * 1000),
        AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
        ...{ SubjectFromWebIdentityToken: caller.subject, Provider: provider, Audience: caller.audience },
        ...(given.sourceIdentity !== undefined && { SourceIdentity: given.sourceIdentity }),
      };
    },
  });
}

/** The role's trust policy is asked about each, with what the token says. */
function questions(input: Unvalidated<Input>, { principal }: RequestContext): AccessRequest[] {
  const resource = textOf(input.RoleArn) ?? '*';
  const { conditions: ofToken = {}, given = {} } = principal.kind === 'web-identity' ? principal : {};
  const { tags = {}, transitiveTagKeys, sourceIdentity } = given;
  const name = textOf(input.RoleSessionName);
  const conditions = {
    ...ofToken,
    ...(name !== undefined && { 'sts:RoleSessionName': name }),
    ...(sourceIdentity !== undefined && { 'sts:SourceIdentity': sourceIdentity }),
    ...(transitiveTagKeys && { 'sts:TransitiveTagKeys': transitiveTagKeys }),
    ...requestTagConditions(Object.entries(tags)),
  };
  const actions = [
    'AssumeRoleWithWebIdentity',
    ...(Object.keys(tags).length > 0 ? ['TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['SetSourceIdentity']),
  ];
  return actions.map((action) => ({ action: `sts:${action}`, resource, conditions, trustOf: roleNameOf(resource) }));
}

/** The registry has asked `identify` before: nobody else comes here. */
function callerOf({ principal }: RequestContext): WebIdentity {
  if (principal.kind === 'web-identity') return principal;
  throw new InvariantViolation(`${principal.arn} has no token`);
}
