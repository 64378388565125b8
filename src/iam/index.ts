export { authorize } from './authorize.ts';
export { type SessionCredentials, Sessions } from './credentials/sessions.ts';
export {
  anonymousPrincipal,
  type CredentialSource,
  InstallationCredentials,
  rootPrincipal,
} from './credentials/source.ts';
export { readSignature, type SignatureReading } from './sigv4/claim.ts';
export { decodeWire } from './sigv4/encoding.ts';
export type { HttpHead, HttpMessage } from './sigv4/message.ts';
export { type Credentials, presignRequest, signRequest } from './sigv4/sign.ts';
export { SigningKeyCache } from './sigv4/signing-key.ts';
export { type CheckedClaim, checkClaim, type SignatureRefusal, verifyClaim } from './sigv4/verify.ts';
