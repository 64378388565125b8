export { type AccessDecision, authorize } from './authorize.ts';
export { type SessionCredentials, Sessions } from './credentials/sessions.ts';
export {
  type CredentialLookup,
  type CredentialSource,
  InstallationCredentials,
  type RootKey,
  rootPrincipal,
} from './credentials/source.ts';
export { readSignature, type SignatureClaim, type SignatureReading } from './sigv4/claim.ts';
export { decodeWire } from './sigv4/encoding.ts';
export type { CredentialScope, HttpMessage } from './sigv4/message.ts';
export { type Credentials, presignRequest, type SigningOptions, signRequest } from './sigv4/sign.ts';
export { SigningKeyCache } from './sigv4/signing-key.ts';
export {
  type CanonicalTexts,
  type SignatureRefusal,
  type Verification,
  type Verifier,
  verifyRequest,
  verifySignature,
} from './sigv4/verify.ts';
