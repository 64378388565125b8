import type { Client } from '../client/client.ts';
import { withClient } from '../client/with-client.ts';
import type { XmlElement } from '../client/xml-element.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type Invocation, UsageError } from '../invocation.ts';
import { allOf } from './stored-user.ts';

/** What is asked of somebody whom the server has. */
export interface PrincipalQuestion {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Texts of policies to be had beside those that are stored. */
  readonly policies: readonly string[];
  /** Texts of a boundary instead of the one that is stored. */
  readonly boundary: readonly string[];
  readonly context: ReadonlyMap<string, string | readonly string[]>;
}

/** What SimulatePrincipalPolicy answers. */
export interface SimulatedAnswer {
  readonly arn: string;
  readonly verdict: 'allowed' | 'implicitDeny' | 'explicitDeny';
  readonly lacksBoundary: boolean;
  readonly statements: readonly { readonly policy: string; readonly line: number; readonly column: number }[];
  /** Keys that policies ask for and that were not given. */
  readonly missing: readonly string[];
}

/** Asks the server by SimulatePrincipalPolicy. */
export function askServer(
  invocation: Invocation,
  flags: ConnectionFlags,
  question: PrincipalQuestion,
): Promise<SimulatedAnswer> {
  return withClient(invocation, flags, async (client) => {
    const arn = await principalArn(client, question.principal);
    const { policies, boundary, context } = question;
    const input = {
      PolicySourceArn: arn,
      ActionNames: [question.action],
      ResourceArns: [question.resource],
      PolicyInputList: [...policies],
      PermissionsBoundaryPolicyInputList: [...boundary],
      ContextEntries: [...context].map(contextEntry),
    };
    const [result] = await allOf('EvaluationResults', (page) =>
      client.iam('SimulatePrincipalPolicy', { ...input, ...page }),
    );
    if (!result) throw new CommandError('the server simulated nothing');
    return answerOf(arn, result);
  });
}

function contextEntry([ContextKeyName, value]: readonly [string, string | readonly string[]]) {
  const ContextKeyValues = [value].flat();
  const ContextKeyType = ContextKeyValues.length > 1 ? 'stringList' : 'string';
  return { ContextKeyName, ContextKeyType, ContextKeyValues } as const;
}

/** An ARN is itself; a name is a user's, or a role's or group's with that word before it. */
async function principalArn(client: Client, principal: string): Promise<string> {
  if (principal.startsWith('arn:')) return principal;
  const [, kind = 'user', name = ''] = /^(?:(user|role|group)\/)?([\w+=,.@-]{1,128})$/.exec(principal) ?? [];
  if (name === '') throw new UsageError(`a principal is user/NAME, role/NAME, group/NAME or an ARN, not ${principal}`);
  const arn = await arnOf(client, kind, name);
  if (arn === undefined) throw new CommandError(`the server gives no ARN of ${principal}`);
  return arn;
}

async function arnOf(client: Client, kind: string, name: string): Promise<string | undefined> {
  switch (kind) {
    case 'role':
      return (await client.iam('GetRole', { RoleName: name })).text('Role', 'Arn');
    case 'group':
      return (await client.iam('GetGroup', { GroupName: name, MaxItems: 1 })).text('Group', 'Arn');
    default:
      return (await client.iam('GetUser', { UserName: name })).text('User', 'Arn');
  }
}

function answerOf(arn: string, result: XmlElement): SimulatedAnswer {
  const verdict = verdicts.find((each) => each === result.text('EvalDecision')) ?? 'implicitDeny';
  return {
    arn,
    verdict,
    lacksBoundary: result.text('PermissionsBoundaryDecisionDetail', 'AllowedByPermissionsBoundary') === 'false',
    statements: result.list('MatchedStatements').map((statement) => ({
      policy: statement.text('SourcePolicyId') ?? '',
      line: Number(statement.text('StartPosition', 'Line')),
      column: Number(statement.text('StartPosition', 'Column')),
    })),
    missing: result.list('MissingContextValues').map(({ content }) => content),
  };
}

const verdicts = ['allowed', 'implicitDeny', 'explicitDeny'] as const;
