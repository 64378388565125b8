import type { SimulatePrincipalPolicyCommandOutput } from '@aws-sdk/client-iam';
import type { Told } from './form-shape.ts';
import { type Simulated, simulationCall } from './simulated.ts';
import { useCall } from './use-call.ts';

export type SimulatedAnswer = Told<NonNullable<SimulatePrincipalPolicyCommandOutput['EvaluationResults']>[number]>;

/** What policies say of each action on each resource. */
export function useSimulation(asked: Simulated) {
  const enabled = asked.principal !== '' && asked.actions.length > 0;
  return useCall<Told<SimulatePrincipalPolicyCommandOutput>>(simulationCall(asked), { enabled });
}
