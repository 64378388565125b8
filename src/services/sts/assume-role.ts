import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { type AccessRequest, defineOperation, type RequestContext } from '../../core/operation.ts';
import type { Principal, SessionFacts } from '../../core/principal.ts';
import { givenTagConditions } from '../../core/tags.ts';
import { structuresOf, textOf, textsOf, type Unvalidated } from '../../core/unvalidated.ts';
import { checkAssumable, roleNameOf, rolePrincipal } from '../../iam/index.ts';
import { refuseMfa } from './credentials.ts';
import { checkDuration, durations } from './role-durations.ts';
import type { StsRuntime } from './runtime.ts';
import { accessDenied, invalidParameter, issueSession, readSession } from './session-input.ts';
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

type Input = z.infer<typeof schema>;

/** Gives out a session of a role, to whom the role's trust policy names; within its account the root user may be named too. */
export function assumeRole(runtime: StsRuntime) {
  return defineOperation<AssumeRoleCommandInput, AssumeRoleCommandOutput>()<Input>({
    schema,
    readOnly: true,
    access: questions,
    audit: { kind: 'management', hide: ['TokenCode'], hideAnswer: ['SecretAccessKey', 'SessionToken'] },
    handler: (input, context) => {
      const roleArn = checkAssumable(input.RoleArn, context);
      refuseMfa(input.SerialNumber, input.TokenCode);
      const role = trustingRole(runtime, input, context);
      const seconds = durationOf(input, context.principal, role.maxSessionDuration);
      const session = sessionOf(runtime, input, context);
      const { account, now } = context;
      const principal = rolePrincipal({
        ...{ account, roleArn, session, sessionName: input.RoleSessionName },
        ...{ use: { kind: 'assumed' }, roleId: role.uniqueId },
      });
      const { sourceIdentity } = session;
      return {
        ...issueSession(runtime, principal, now + seconds * 1000),
        AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
        ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
      };
    },
  });
}

/** The role's trust policy is asked about each: for tags and a source identity by actions of their own (id_session-tags). */
function questions(input: Unvalidated<Input>, { principal }: RequestContext): AccessRequest[] {
  const resource = textOf(input.RoleArn) ?? '*';
  const keys = {
    ExternalId: input.ExternalId,
    RoleSessionName: input.RoleSessionName,
    SourceIdentity: input.SourceIdentity,
  };
  const given = Object.entries(keys).flatMap(([key, value]) => {
    const text = textOf(value);
    return text === undefined ? [] : [[`sts:${key}`, text] as const];
  });
  const transitive = textsOf(input.TransitiveTagKeys);
  const conditions = {
    ...Object.fromEntries(given),
    ...givenTagConditions(input.Tags),
    ...(transitive.length > 0 && { 'sts:TransitiveTagKeys': transitive }),
  };
  const hasTags = structuresOf(input.Tags).length > 0 || inheritedTags(principal) !== undefined;
  const hasIdentity = textOf(input.SourceIdentity) !== undefined || principal.session?.sourceIdentity !== undefined;
  const actions = ['AssumeRole', ...(hasTags ? ['TagSession'] : []), ...(hasIdentity ? ['SetSourceIdentity'] : [])];
  const trustOf = roleNameOf(resource);
  return actions.map((action) => ({ action: `sts:${action}`, resource, conditions, trustOf }));
}

/** The role. Of root nothing has been asked yet: AWS keeps it from all roles, here a trust policy that names it lets it in. */
function trustingRole({ authority }: StsRuntime, input: Input, context: RequestContext) {
  const role = authority.reads.role(context.account, roleNameOf(input.RoleArn));
  const refused = questions(input, context).find((question) => !authority.answer(context, question).allowed);
  if (role && !refused) return role;
  const action = refused?.action ?? 'sts:AssumeRole';
  throw accessDenied(
    `User: ${context.principal.arn} is not authorized to perform: ${action} on resource: ${input.RoleArn}`,
  );
}

function durationOf({ DurationSeconds: asked }: Input, principal: Principal, longest: number): number {
  const isChained = principal.kind === 'role-session';
  if (isChained && (asked ?? Math.min(durations.usual, longest)) > durations.longestOfChain) {
    const message = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
    throw new ServiceError('ValidationError', message);
  }
  return checkDuration(asked, longest);
}

/** What the session is given, and what it inherits of the caller's: transitive tags, and the source identity, which stays. */
function sessionOf(runtime: StsRuntime, input: Input, { principal, account, now }: RequestContext): SessionFacts {
  const own = readSession(runtime, account, input);
  const inherited = inheritedTags(principal);
  const lowered = new Set(Object.keys(inherited ?? {}).map((key) => key.toLowerCase()));
  if (Object.keys(own.tags ?? {}).some((key) => lowered.has(key.toLowerCase()))) {
    const message =
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.";
    throw invalidParameter(message);
  }
  const given = new Set(Object.keys(own.tags ?? {}));
  const transitive = input.TransitiveTagKeys ?? [];
  if (!transitive.every((key) => given.has(key))) {
    throw invalidParameter('The specified transitive tag key must be included in the requested tags.');
  }
  const tags = { ...inherited, ...own.tags };
  const transitiveTagKeys = [...Object.keys(inherited ?? {}), ...transitive];
  const sourceIdentity = sourceIdentityOf(input, principal);
  return {
    ...own,
    issuedAt: now,
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(transitiveTagKeys.length > 0 && { transitiveTagKeys }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
}

function inheritedTags({ session }: Principal): Readonly<Record<string, string>> | undefined {
  const keys = new Set(session?.transitiveTagKeys);
  if (keys.size === 0) return undefined;
  return Object.fromEntries(Object.entries(session?.tags ?? {}).filter(([key]) => keys.has(key)));
}

/** Once set it stays through a chain. No words are reported of AWS. */
function sourceIdentityOf({ SourceIdentity: given }: Input, { session }: Principal): string | undefined {
  const present = session?.sourceIdentity;
  if (given === undefined || present === undefined || given === present) return given ?? present;
  throw accessDenied(`The source identity of the calling session is ${present}, and cannot be changed.`);
}
