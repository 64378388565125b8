import { demand } from '../refusals.ts';

/** An environment whose jobs are pods has no cluster of ECS. No words are reported of AWS. */
export function checkEcsSettings(kubernetes: object | undefined): void {
  demand(!kubernetes, 'ecsSettings is not applicable for EKS Compute Environments.');
}
