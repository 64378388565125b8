import { parseArn } from '../../core/arn.ts';
import { invalidInput } from './refusals.ts';

const instance = ['instance', 'image', 'security-group', 'network-interface'];

/** What a simulation of RunInstances must name, by the scenario. */
const scenarios: Readonly<Record<string, readonly string[]>> = {
  'EC2-VPC-InstanceStore': instance,
  'EC2-VPC-InstanceStore-Subnet': [...instance, 'subnet'],
  'EC2-VPC-EBS': [...instance, 'volume'],
  'EC2-VPC-EBS-Subnet': [...instance, 'subnet', 'volume'],
};

/** Refuses resources that leave out what a scenario has. Throws `InvalidInput`. */
export function checkScenario(option: string, resources: readonly string[]): void {
  const needed = Object.hasOwn(scenarios, option) ? scenarios[option] : undefined;
  if (!needed) {
    throw invalidInput(`ResourceHandlingOption must be one of ${Object.keys(scenarios).join(', ')}, not ${option}`);
  }
  const types = new Set(resources.map((arn) => parseArn(arn)?.resource.split('/', 1)[0]));
  const missing = needed.filter((type) => !types.has(type));
  if (missing.length > 0) throw invalidInput(`${option} needs these types among ResourceArns: ${missing.join(', ')}`);
}
