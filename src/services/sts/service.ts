import { type CommandNames, type ServiceDefinition, unbuilt } from '../../core/operation.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { decodeAuthorizationMessage } from './decode-authorization-message.ts';
import { getAccessKeyInfo } from './get-access-key-info.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import { getFederationToken } from './get-federation-token.ts';
import { getSessionToken } from './get-session-token.ts';
import { type StsOptions, stsRuntime } from './runtime.ts';

type StsOperations = CommandNames<typeof import('@aws-sdk/client-sts')>;

/** AWS Security Token Service: who am I, and temporary credentials. Stateless: sessions are in their tokens. */
export function createSts(options: StsOptions): ServiceDefinition<StsOperations> {
  const runtime = stsRuntime(options);
  return {
    name: 'sts',
    apiVersion: '2011-06-15',
    protocol: { kind: 'awsQuery', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
    errors: { validation: 'ValidationError', internal: 'InternalFailure' },
    operations: {
      AssumeRole: assumeRole(runtime),
      AssumeRoleWithSAML: unbuilt,
      AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity(runtime),
      AssumeRoot: unbuilt,
      DecodeAuthorizationMessage: decodeAuthorizationMessage,
      GetAccessKeyInfo: getAccessKeyInfo(runtime),
      GetCallerIdentity: getCallerIdentity,
      GetDelegatedAccessToken: unbuilt,
      GetFederationToken: getFederationToken(runtime),
      GetSessionToken: getSessionToken(runtime),
      GetWebIdentityToken: unbuilt,
    },
  };
}
