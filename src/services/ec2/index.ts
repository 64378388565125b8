export { launchTemplateFinder } from './launch-templates.ts';
export { ec2Records } from './records.ts';
export { createEc2, type Ec2OperationName } from './service.ts';
export { subnetFinder } from './subnets.ts';
