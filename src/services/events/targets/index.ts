export { type TargetKind, targetKind } from './kinds.ts';
export { mostTargets, readTarget, targetDetail, targetId, targetSchema } from './target.ts';
