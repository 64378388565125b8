/** What several policies together decide. */
export interface LogicCase {
  /** Of the IAM user guide. */
  readonly page: string;
  readonly proves: string;
  readonly who: keyof typeof requesters;
  readonly keys?: Readonly<Record<string, string | readonly string[]>>;
  readonly owner?: string;
  readonly rule?: 'must-allow';
  readonly identity?: readonly object[];
  readonly boundary?: readonly object[];
  readonly session?: readonly object[];
  readonly organization?: readonly object[];
  readonly resource?: readonly object[];
  /** `allowed by identity`, `explicitDeny`, `implicitDeny: boundary`. */
  readonly decides: string;
}

export const account = '123456789012';
export const other = '999999999999';
export const user = `arn:aws:iam::${account}:user/ada`;
export const role = `arn:aws:iam::${account}:role/worker`;
export const session = `arn:aws:sts::${account}:assumed-role/worker/one`;
export const guest = `arn:aws:sts::${account}:federated-user/guest`;

export const requesters = {
  root: { kind: 'root', account },
  user: { kind: 'user', account, arn: user },
  role: { kind: 'role', account, arn: role },
  session: { kind: 'role-session', account, arn: session, roleArn: role },
  guest: { kind: 'federated-user', account, arn: guest },
  events: { kind: 'service', service: 'events.amazonaws.com' },
  token: { kind: 'federated', provider: 'cognito-identity.amazonaws.com' },
  nobody: { kind: 'anonymous' },
} as const;

export const allow = { Effect: 'Allow', Action: 'sns:Publish', Resource: '*' };
export const allowOther = { Effect: 'Allow', Action: 'sns:Subscribe', Resource: '*' };
export const deny = { Effect: 'Deny', Action: 'sns:*', Resource: '*' };
export const of = (...names: string[]) => ({ ...allow, Principal: { AWS: names } });
export const everybody = { ...allow, Principal: '*' };
export const denyBut = (...names: string[]) => ({ ...deny, NotPrincipal: { AWS: names } });
