import type { IamRuntime } from '../runtime.ts';
import { getContextKeysForCustomPolicy } from './get-context-keys-for-custom-policy.ts';
import { simulateCustomPolicy } from './simulate-custom-policy.ts';

/** All operations that are built. */
export const iamOperations = (_runtime: IamRuntime) => ({
  GetContextKeysForCustomPolicy: getContextKeysForCustomPolicy,
  SimulateCustomPolicy: simulateCustomPolicy,
});
