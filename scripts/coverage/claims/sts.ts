import type { CommandNames } from '../../../src/core/operation.ts';
import type { ServiceClaims } from '../claims.ts';

const assumedRole = { supported: 'an assumed role is its session, and may do nothing that needs a permission' };
const noMfa = {
  refused:
    'AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid and associated with this user.',
};
const nothingToLimit = {
  ignored: 'checked for form; a role session is allowed nothing yet that it could limit or pass on',
};
const tokenSize = { ignored: 'tokens have the size that they need' };

export const stsClaims = {
  AssumeRole: {
    RoleArn: assumedRole,
    RoleSessionName: assumedRole,
    DurationSeconds: { supported: 'credentials of an assumed role hold for as long as was asked' },
    SourceIdentity: assumedRole,
    PolicyArns: nothingToLimit,
    Policy: nothingToLimit,
    Tags: nothingToLimit,
    TransitiveTagKeys: nothingToLimit,
    ProvidedContexts: nothingToLimit,
    ExternalId: { ignored: 'roles are not stored, so that no trust policy asks for it' },
    SerialNumber: noMfa,
    TokenCode: noMfa,
    MinimumSessionTokenSize: tokenSize,
  },
  AssumeRoleWithSAML: 'unbuilt',
  AssumeRoleWithWebIdentity: 'unbuilt',
  AssumeRoot: 'unbuilt',
  DecodeAuthorizationMessage: 'unbuilt',
  GetAccessKeyInfo: 'unbuilt',
  GetCallerIdentity: {},
  GetDelegatedAccessToken: 'unbuilt',
  GetFederationToken: 'unbuilt',
  GetSessionToken: {
    DurationSeconds: {
      supported: 'GetSessionToken gives temporary credentials that every service takes',
      but: 'the root user gets an hour at most, as on AWS',
    },
    SerialNumber: noMfa,
    TokenCode: noMfa,
    MinimumSessionTokenSize: tokenSize,
  },
  GetWebIdentityToken: 'unbuilt',
} satisfies ServiceClaims<CommandNames<typeof import('@aws-sdk/client-sts')>>;
