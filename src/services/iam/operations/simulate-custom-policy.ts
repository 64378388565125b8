import { z } from 'zod';
import { defineOperation } from '../../../core/operation.ts';
import { readInputPolicies } from '../input-policies.ts';
import * as shapes from '../shapes.ts';
import {
  organizationMember,
  readSimulation,
  type SimulatedActions,
  simulationMembers,
  simulationPage,
} from '../simulation-input.ts';

const schema = z.object({ PolicyInputList: shapes.policyDocuments, ...simulationMembers, ...organizationMember });

type Input = z.infer<typeof schema>;

/** Says what policies would decide, one result for each action, and asks nothing of what is stored. */
export const simulateCustomPolicy = defineOperation<Input, SimulatedActions>()<Input>({
  schema,
  readOnly: true,
  audit: 'management',
  access: () => [{ action: 'iam:SimulateCustomPolicy', resource: '*' }],
  handler: (input, { account }) => {
    const identity = readInputPolicies(input.PolicyInputList, 'identity', 'PolicyInputList');
    return simulationPage(readSimulation(input, account, { identity }), input);
  },
});
