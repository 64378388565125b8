export type { ApiCall, ApiDirectory } from './api-directory.ts';
export { type TargetKind, targetKind } from './kinds.ts';
export { readTarget, targetDetail, targetSchema } from './target.ts';
export { universalCall } from './universal.ts';
