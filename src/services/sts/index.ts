export { createSts } from './service.ts';
export { type TokenIssuer, WebIdentities } from './web-identity/index.ts';
