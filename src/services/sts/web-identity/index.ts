export { type IdentityProvider, type TokenIssuer, WebIdentities, type WebIdentityOptions } from './identify.ts';
export { tokenLength } from './token.ts';
