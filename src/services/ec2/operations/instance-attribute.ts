import type {
  DescribeInstanceAttributeCommandInput,
  DescribeInstanceAttributeCommandOutput,
  InstanceAttributeName,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import type { LaunchedInstance } from '../../../core/launched-instances.ts';
import { findInstances, groupsOf } from '../instances.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { demand } from '../refusals.ts';
import type { Ec2Runtime } from '../runtime.ts';

type Attributes = Omit<DescribeInstanceAttributeCommandOutput, '$metadata' | 'InstanceId'>;
type Reader = (instance: LaunchedInstance, runtime: Ec2Runtime) => Attributes;

/** What is known of instances here, by AWS's names; what AWS has beside that is empty, as of an instance that has none of it. */
const attributes: Readonly<Record<InstanceAttributeName, Reader>> = {
  blockDeviceMapping: () => ({ BlockDeviceMappings: [] }),
  disableApiStop: () => ({ DisableApiStop: { Value: false } }),
  // The service ends instances by itself, whatever a launch template says (spec 04 §4.1).
  disableApiTermination: () => ({ DisableApiTermination: { Value: false } }),
  ebsOptimized: () => ({ EbsOptimized: { Value: false } }),
  enaSupport: () => ({}),
  enclaveOptions: () => ({ EnclaveOptions: { Enabled: false } }),
  groupSet: (instance, { ledger }) => ({ Groups: groupsOf(ledger, instance) }),
  instanceInitiatedShutdownBehavior: () => ({ InstanceInitiatedShutdownBehavior: { Value: 'terminate' } }),
  instanceType: ({ type }) => ({ InstanceType: { Value: type } }),
  kernel: () => ({ KernelId: {} }),
  productCodes: () => ({ ProductCodes: [] }),
  ramdisk: () => ({ RamdiskId: {} }),
  rootDeviceName: () => ({ RootDeviceName: {} }),
  sourceDestCheck: () => ({ SourceDestCheck: { Value: true } }),
  sriovNetSupport: () => ({}),
  userData: (instance, { instances }) => {
    const Value = instances.userDataOf(instance, instance.id);
    return { UserData: Value === undefined ? {} : { Value } };
  },
};

/** One attribute of an instance. */
export const describeInstanceAttribute = ec2Operation<
  DescribeInstanceAttributeCommandInput,
  DescribeInstanceAttributeCommandOutput
>()({
  name: 'DescribeInstanceAttribute',
  schema: parameters({ InstanceId: z.string(), Attribute: z.string() as unknown as z.ZodType<InstanceAttributeName> }),
  readOnly: true,
  about: { kind: 'instance', by: 'InstanceId' },
  handler: (runtime, { InstanceId, Attribute }, context) => {
    const [instance] = findInstances(runtime, context, [InstanceId]);
    // The words are those of other attributes that there are not.
    const known = Object.hasOwn(attributes, Attribute);
    demand(known, `Value (${Attribute}) for parameter attribute is invalid. Unknown attribute.`);
    return { InstanceId, ...(instance && attributes[Attribute](instance, runtime)) };
  },
});
