import { parseArn } from '../../core/arn.ts';
import type { Requester } from '../../iam/index.ts';
import { invalidInput } from './refusals.ts';

/** Who is simulated, and the condition keys that follow from that. */
export interface Caller {
  readonly requester: Requester;
  readonly account: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** What `CallerArn` names: a user, group or role, and nothing that is no entity of IAM. Throws `InvalidInput`. */
export function readCaller(arn: string): Caller {
  const parts = parseArn(arn);
  const [, type, path] = /^(user|group|role)\/(.+)$/.exec(parts?.resource ?? '') ?? [];
  if (parts?.service !== 'iam' || type === undefined || path === undefined || !/^\d{12}$/.test(parts.account)) {
    throw invalidInput(`CallerArn must be the ARN of a user, group or role, not ${arn}`);
  }
  const { account } = parts;
  const common = { 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': account };
  if (type === 'role') {
    const keys = { ...common, 'aws:PrincipalType': 'AssumedRole' };
    return { requester: { kind: 'role', account, arn }, account, keys };
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  const keys = type === 'user' ? { ...common, 'aws:PrincipalType': 'User', 'aws:username': name } : common;
  return { requester: { kind: 'user', account, arn }, account, keys };
}

/** A caller that nothing names: some user of the account. */
export function someCaller(account: string): Caller {
  return { requester: { kind: 'user', account, arn: '' }, account, keys: {} };
}
