import type { CommandNames } from '../../../src/core/operation.ts';
import type { ServiceClaims } from '../claims.ts';

const assumedRole = { supported: 'an assumed role is its session, and may do nothing that needs a permission' };
const noMfa = {
  refused:
    'AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid and associated with this user.',
};
const limited = { supported: 'what a session policy leaves out a session may not, whatever the role may' };
const chained = { supported: 'transitive tags and the source identity go through a chain, and are not changed in it' };
const trusted = { supported: 'a trust policy may ask for an external id, and for tags that come' };
const federated = { supported: 'GetFederationToken gives what both the user and the session policy allow' };
const tokenSize = { ignored: 'tokens have the size that they need' };

const tokened = {
  supported: 'a token of a provider that the role trusts gives a session of the role, with either kind of key',
};
const limitedByTokens = {
  supported: 'a session for a token holds as long as the role allows, and may do what its policy leaves',
};

export const stsClaims = {
  AssumeRole: {
    RoleArn: assumedRole,
    RoleSessionName: assumedRole,
    DurationSeconds: { supported: 'a session ends at the hour of a chain, and at what its role allows' },
    SourceIdentity: assumedRole,
    PolicyArns: limited,
    Policy: limited,
    Tags: trusted,
    TransitiveTagKeys: chained,
    ProvidedContexts: { ignored: 'no identity provider gives any' },
    ExternalId: trusted,
    SerialNumber: noMfa,
    TokenCode: noMfa,
    MinimumSessionTokenSize: tokenSize,
  },
  AssumeRoleWithSAML: 'unbuilt',
  AssumeRoleWithWebIdentity: {
    RoleArn: tokened,
    RoleSessionName: tokened,
    WebIdentityToken: tokened,
    ProviderId: { ignored: 'there are no providers of OAuth 2.0' },
    MinimumSessionTokenSize: tokenSize,
    PolicyArns: limitedByTokens,
    Policy: limitedByTokens,
    DurationSeconds: limitedByTokens,
  },
  AssumeRoot: 'unbuilt',
  DecodeAuthorizationMessage: {
    EncodedMessage: { supported: 'no message can be decoded, and whoever may not ask is told that' },
  },
  GetAccessKeyInfo: { AccessKeyId: { supported: 'GetAccessKeyInfo tells whose a key is' } },
  GetCallerIdentity: {},
  GetDelegatedAccessToken: 'unbuilt',
  GetFederationToken: {
    Name: federated,
    Policy: federated,
    PolicyArns: federated,
    DurationSeconds: { supported: 'credentials of a federated user hold for as long as was asked' },
    Tags: { ignored: 'kept with the session, as aws:PrincipalTag of its calls' },
    MinimumSessionTokenSize: tokenSize,
  },
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
