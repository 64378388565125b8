/** Who asks, as policies name them. */
export type Requester =
  /** The root user of an account. */
  | { readonly kind: 'root'; readonly account: string }
  | { readonly kind: 'user'; readonly account: string; readonly arn: string }
  /** `arn` is that of the session, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  | { readonly kind: 'role-session'; readonly account: string; readonly arn: string; readonly roleArn: string }
  /** A role itself, where a policy is tried without a session. */
  | { readonly kind: 'role'; readonly account: string; readonly arn: string }
  | { readonly kind: 'federated-user'; readonly account: string; readonly arn: string }
  | { readonly kind: 'service'; readonly service: string; readonly regional?: string }
  /** Who proves to be somebody by a token of an identity provider. */
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'anonymous' };

/** The account of a requester; undefined for who has none. */
export function accountOf(requester: Requester): string | undefined {
  return 'account' in requester ? requester.account : undefined;
}
