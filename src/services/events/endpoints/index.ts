export type { Reach } from './address-guard.ts';
export {
  connectivity,
  createAuthSchema,
  type GivenAuth,
  hiddenMembers,
  readAuthorization,
  shownAuthorization,
  updateAuthSchema,
} from './authorization.ts';
export { Connections } from './connections.ts';
export { HttpCaller, type HttpOutcome } from './http-caller.ts';
export { createHttpClient, type HttpClient } from './http-client.ts';
export type { HttpParameters } from './invocation.ts';
export {
  type ApiDestinationRecord,
  apiDestinationRecords,
  authorizationTypes,
  type ConnectionRecord,
  connectionRecords,
  connectionSecretsAtRest,
  connectionStates,
  httpMethods,
} from './records.ts';
