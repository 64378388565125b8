/** What the list shows of a record. */
export interface ShownRecord {
  /** Who called: a user's ARN, or the role and session. */
  readonly who?: string;
  readonly errorCode?: string;
  readonly whole?: unknown;
}

/** Reads CloudTrail's text of a call. */
export function readRecord(text: string | undefined): ShownRecord {
  if (text === undefined) return {};
  const whole = JSON.parse(text) as {
    readonly userIdentity?: { readonly arn?: string; readonly invokedBy?: string; readonly type?: string };
    readonly errorCode?: string;
  };
  const { userIdentity, errorCode } = whole;
  const who = userIdentity?.arn ?? userIdentity?.invokedBy ?? userIdentity?.type;
  return { whole, ...(who !== undefined && { who }), ...(errorCode !== undefined && { errorCode }) };
}
