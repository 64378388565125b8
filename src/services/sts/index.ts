export { type TokenIssuer, WebIdentities } from './web-identity/index.ts';
export { createSts } from './service.ts';
