import type { IamOperationName } from '../../../src/services/iam/index.ts';
import { unbuiltOperations } from '../../../src/services/iam/unbuilt-operations.ts';
import type { ServiceClaims } from '../claims.ts';

const example = { supported: "the example of AWS's manual is answered as it shows, with the place of the statement" };
const resources = {
  supported: 'each resource is told of by itself, and the whole is the most restrictive, with the template of its ARNs',
};
const keys = { supported: 'the keys that policies ask for are told once each, those of variables too' };
const pages = { supported: 'pages follow each other, an action a result' };
const resourcePolicy = { supported: 'a policy of the resource grants to its caller, within an account and across' };

type Unbuilt = { readonly [Name in keyof typeof unbuiltOperations]: 'unbuilt' };

export const iamClaims = {
  ...(Object.fromEntries(Object.keys(unbuiltOperations).map((name) => [name, 'unbuilt'])) as Unbuilt),
  GetContextKeysForCustomPolicy: { '*': keys },
  SimulateCustomPolicy: {
    '*': example,
    ResourceArns: resources,
    ResourceHandlingOption: { supported: 'what cannot be simulated is refused as InvalidInput' },
    PermissionsBoundaryPolicyInputList: { supported: 'a boundary limits, and says so' },
    OrderedOrganizationPolicyInputList: { supported: 'each level of an organization limits, and says so' },
    ResourcePolicy: resourcePolicy,
    ResourceOwner: resourcePolicy,
    CallerArn: { supported: 'the caller gives the keys of a user; what policies ask beside it is missing' },
    ContextEntries: { supported: 'a list of values is a list, whatever its length' },
    MaxItems: pages,
    Marker: pages,
  },
} satisfies ServiceClaims<IamOperationName>;
