import type { Call } from './protocol.ts';

/** Members that SDKs fill in by themselves, and without which a call is refused. They are no part of what somebody asks for. */
const tokens: Readonly<Record<string, string>> = {
  'secretsmanager CreateSecret': 'ClientRequestToken',
  'secretsmanager PutSecretValue': 'ClientRequestToken',
  'secretsmanager UpdateSecret': 'ClientRequestToken',
};

/** The call with a token of its own, where it needs one and has none: sent twice, it is done once. */
export function withClientToken(call: Call, token: () => string): Call {
  const member = tokens[`${call.service} ${call.operation}`];
  if (member === undefined || member in call.input) return call;
  return { ...call, input: { ...call.input, [member]: token() } };
}
