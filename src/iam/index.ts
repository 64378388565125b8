export { type ActionFacts, type ActionLookup, findAction, looksLike } from './actions/index.ts';
export * from './authority/index.ts';
export { AttemptSeals, ecsFor, roleOfAttempt, type SealedAttempt } from './credentials/attempt-seals.ts';
export { InstallationCredentials, type UserKeys } from './credentials/installation-credentials.ts';
export { JobSessions, type JobSessionTimes, type TaskWatch } from './credentials/job-sessions.ts';
export { type SessionCredentials, Sessions } from './credentials/sessions.ts';
export type { CredentialLookup, CredentialSource, KeyUse } from './credentials/source.ts';
export { type AwsManagedPolicy, awsManagedPolicies, findAwsManagedPolicy } from './managed-policies/index.ts';
export { actionsOf } from './operation-actions.ts';
export * from './policy/index.ts';
export {
  anonymousPrincipal,
  checkAssumable,
  notAssumable,
  roleParts,
  rolePrincipal,
  rootPrincipal,
  servicePrincipal,
  webIdentityPrincipal,
} from './principals.ts';
export { readSignature, type SignatureReading } from './sigv4/claim.ts';
export { decodeWire } from './sigv4/encoding.ts';
export type { HttpHead, HttpMessage } from './sigv4/message.ts';
export { type Credentials, presignRequest, signRequest } from './sigv4/sign.ts';
export { SigningKeyCache } from './sigv4/signing-key.ts';
export {
  type CheckedClaim,
  checkClaim,
  type SignatureRefusal,
  type Verification,
  verifyClaim,
} from './sigv4/verify.ts';
