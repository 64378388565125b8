import { type CommandNames, type ServiceDefinition, unbuilt } from '../../core/operation.ts';
import type { Sessions } from '../../iam/index.ts';
import { assumeRole } from './assume-role.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import { getSessionToken } from './get-session-token.ts';

type StsOperations = CommandNames<typeof import('@aws-sdk/client-sts')>;

/** AWS Security Token Service: who am I, and temporary credentials. Stateless: sessions are in their tokens. */
export function createSts(sessions: Sessions): ServiceDefinition<StsOperations> {
  return {
    name: 'sts',
    apiVersion: '2011-06-15',
    protocol: { kind: 'awsQuery', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
    errors: { validation: 'ValidationError', internal: 'InternalFailure' },
    operations: {
      AssumeRole: assumeRole(sessions),
      AssumeRoleWithSAML: unbuilt,
      AssumeRoleWithWebIdentity: unbuilt,
      AssumeRoot: unbuilt,
      DecodeAuthorizationMessage: unbuilt,
      GetAccessKeyInfo: unbuilt,
      GetCallerIdentity: getCallerIdentity,
      GetDelegatedAccessToken: unbuilt,
      GetFederationToken: unbuilt,
      GetSessionToken: getSessionToken(sessions),
      GetWebIdentityToken: unbuilt,
    },
  };
}
