import { getContextKeysForCustomPolicy } from './get-context-keys-for-custom-policy.ts';
import { simulateCustomPolicy } from './simulate-custom-policy.ts';

/** All operations that are built. */
export const iamOperations = {
  GetContextKeysForCustomPolicy: getContextKeysForCustomPolicy,
  SimulateCustomPolicy: simulateCustomPolicy,
};
