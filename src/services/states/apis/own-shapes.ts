import type { ApiShape, Member, Structure } from './api.ts';

/** Parameters of integrations that are no operation of an API (developer guide, "Integrating optimized services"). */
type Kinds = Readonly<Record<string, 'string' | 'integer' | 'boolean' | 'document' | Structure>>;

/** A structure with these members; an exclamation mark stands before a required one. */
function structure(kinds: Kinds): Structure {
  const members = Object.entries(kinds).map(([written, kind]): [string, Member] => {
    const required = written.startsWith('!');
    const name = required ? written.slice(1) : written;
    const shape: ApiShape = typeof kind === 'string' ? { kind } : kind;
    return [name, { name, required, shape }];
  });
  return { kind: 'structure', members: new Map(members) };
}

const kubernetes = { '!ClusterName': 'string', '!CertificateAuthority': 'string', '!Endpoint': 'string' } as const;

export const ownShapes = {
  apiGatewayInvoke: structure({
    '!ApiEndpoint': 'string',
    '!Method': 'string',
    Stage: 'string',
    Path: 'string',
    AuthType: 'string',
    Headers: 'document',
    QueryParameters: 'document',
    RequestBody: 'document',
    AllowNullValues: 'boolean',
  }),
  httpInvoke: structure({
    '!ApiEndpoint': 'string',
    '!Method': 'string',
    Authentication: structure({ '!ConnectionArn': 'string' }),
    InvocationConfig: structure({ '!ConnectionArn': 'string' }),
    Headers: 'document',
    QueryParameters: 'document',
    RequestBody: 'document',
    Transform: 'document',
  }),
  eksCall: structure({
    ...kubernetes,
    '!Method': 'string',
    '!Path': 'string',
    QueryParameters: 'document',
    RequestBody: 'document',
  }),
  eksRunJob: structure({ ...kubernetes, Namespace: 'string', LogOptions: 'document', '!Job': 'document' }),
  emrAddStep: structure({ '!ClusterId': 'string', '!Step': 'document', ExecutionRoleArn: 'string' }),
  emrCancelStep: structure({ '!ClusterId': 'string', '!StepId': 'string' }),
  emrModifyInstanceFleetByName: structure({
    '!ClusterId': 'string',
    '!InstanceFleetName': 'string',
    '!InstanceFleet': 'document',
  }),
  emrModifyInstanceGroupByName: structure({
    '!ClusterId': 'string',
    '!InstanceGroupName': 'string',
    '!InstanceGroup': 'document',
  }),
  emrSetClusterTerminationProtection: structure({ '!ClusterId': 'string', '!TerminationProtected': 'boolean' }),
  emrTerminateCluster: structure({ '!ClusterId': 'string' }),
} as const satisfies Readonly<Record<string, Structure>>;
