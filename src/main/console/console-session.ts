import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import { isLoopback } from '../../core/loopback.ts';
import type { Operation, RequestContext } from '../../core/operation.ts';
import type { Principal } from '../../core/principal.ts';
import type { RandomSource } from '../../core/random.ts';
import { type Authority, hasOwnKey, type Sessions } from '../../iam/index.ts';
import { checkAccess } from './check-access.ts';
import { type ConsoleLink, ConsoleLinks } from './console-links.ts';

/** How long a browser stays signed in. */
const sessionTime: Milliseconds = 3_600_000;

export interface CreateConsoleSessionOutput {
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  readonly expiration: EpochMilliseconds;
  readonly arn: string;
  readonly account: string;
}

/** What browsers sign in with, and ask what they may do. */
export function consoleOperations(sessions: Sessions, random: RandomSource, authority: Authority) {
  const links = new ConsoleLinks(random);
  return {
    CheckAccess: checkAccess(authority),
    CreateConsoleLink: createConsoleLink(links),
    CreateConsoleSession: createConsoleSession(sessions),
    RedeemConsoleLink: redeemConsoleLink(sessions, links),
  };
}

/**
 * Gives whoever calls with a key temporary credentials with all that they may do themselves, for an hour. The root user and
 * users only: a session cannot be made longer by another one.
 */
function createConsoleSession(sessions: Sessions): Operation<Record<string, never>, CreateConsoleSessionOutput> {
  return {
    kind: 'operation',
    schema: z.object({}),
    readOnly: true,
    audit: { kind: 'management', hideAnswer: ['secretAccessKey', 'sessionToken'] },
    access: () => [{ action: 'batchyard:CreateConsoleSession', resource: '*' }],
    handler: (_input, context) => {
      requireKey(context.principal);
      return issueSession(sessions, context);
    },
  };
}

/** Makes a link that signs a browser of this machine in, once, within a minute. The same callers may as sign in by themselves. */
function createConsoleLink(links: ConsoleLinks): Operation<Record<string, never>, ConsoleLink> {
  return {
    kind: 'operation',
    schema: z.object({}),
    readOnly: true,
    audit: { kind: 'management', hideAnswer: ['token'] },
    access: () => [{ action: 'batchyard:CreateConsoleLink', resource: '*' }],
    handler: (_input, { principal, now }) => {
      requireKey(principal);
      return links.create(principal, now);
    },
  };
}

/**
 * Gives the bearer of a link what `CreateConsoleSession` gives who made it, and asks what that asks, at the moment of opening. The
 * token is spent by the first try from this machine, whatever comes of it.
 */
function redeemConsoleLink(
  sessions: Sessions,
  links: ConsoleLinks,
): Operation<{ readonly token: string }, CreateConsoleSessionOutput> {
  return {
    kind: 'operation',
    schema: z.object({ token: z.string() }),
    readOnly: true,
    identify: async ({ token }, { source, now }) => {
      const isHere = source.kind === 'network' && isLoopback(source.address);
      const principal = isHere ? links.redeem(token, now) : undefined;
      if (!principal) throw refused('This link is not valid: each signs in once, on this machine, within a minute.');
      return principal;
    },
    audit: { kind: 'management', hide: ['token'], hideAnswer: ['secretAccessKey', 'sessionToken'] },
    access: () => [{ action: 'batchyard:CreateConsoleSession', resource: '*' }],
    handler: (_input, context) => issueSession(sessions, context),
  };
}

function issueSession(sessions: Sessions, { principal, now }: RequestContext): CreateConsoleSessionOutput {
  const expiration = now + sessionTime;
  const { accessKeyId, secretAccessKey, sessionToken } = sessions.issue(
    { ...principal, session: { issuedAt: now, console: true } },
    expiration,
  );
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  return { credentials, expiration, arn: principal.arn, account: principal.account };
}

function requireKey(principal: Principal): void {
  if (hasOwnKey(principal)) return;
  throw refused('Sign in to the console with the access key of a user: temporary credentials cannot be made longer.');
}

function refused(message: string): ServiceError {
  return new ServiceError('AccessDeniedException', message, { status: 403 });
}
