import { ServiceError } from '../../core/errors.ts';
import type { ResourceKind } from './names.ts';

/** EC2's refusal: its code and words. */
export function refusal(code: string, message: string): ServiceError {
  return new ServiceError(code, message);
}

/** Throws `InvalidParameterValue` unless `holds`. */
export function demand(holds: unknown, message: string): asserts holds {
  if (!holds) throw refusal('InvalidParameterValue', message);
}

/** Throws `MissingParameter` if it is absent or empty. */
export function required<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined || value === '')
    throw refusal('MissingParameter', `The request must contain the parameter ${name}`);
  return value;
}

/** Codes and words for an id that is not there. */
const missing: Readonly<Record<ResourceKind, readonly [code: string, words: (id: string) => string]>> = {
  vpc: ['InvalidVpcID.NotFound', (id) => `The vpc ID '${id}' does not exist`],
  subnet: ['InvalidSubnetID.NotFound', (id) => `The subnet ID '${id}' does not exist`],
  'security-group': ['InvalidGroup.NotFound', (id) => `The security group '${id}' does not exist`],
  'launch-template': [
    'InvalidLaunchTemplateId.NotFound',
    (id) => `The specified launch template, with template ID ${id}, does not exist.`,
  ],
  'key-pair': ['InvalidKeyPair.NotFound', (id) => `The key pair '${id}' does not exist`],
  'placement-group': ['InvalidPlacementGroup.Unknown', (id) => `The Placement Group '${id}' is unknown.`],
  'network-acl': ['InvalidNetworkAclID.NotFound', (id) => `The networkAcl ID '${id}' does not exist`],
  instance: ['InvalidInstanceID.NotFound', (id) => `The instance ID '${id}' does not exist`],
  'route-table': ['InvalidRouteTableID.NotFound', (id) => `The routeTable ID '${id}' does not exist`],
};

export function notFound(kind: ResourceKind, id: string): ServiceError {
  const [code, words] = missing[kind];
  return refusal(code, words(id));
}

/** What it is deleted with, or hangs on it, is still there. */
export function dependencyViolation(what: string, id: string): ServiceError {
  return refusal('DependencyViolation', `The ${what} '${id}' has dependencies and cannot be deleted.`);
}

/** Throws `code` if there is no room for another one. */
export function checkRoom(count: number, most: number, code: string, what: string): void {
  if (count >= most) throw refusal(code, `The maximum number of ${what} has been reached.`);
}
