import type { IntegrationPattern, Resource } from '../../../asl/index.ts';
import { pascalCase } from './casing.ts';
import { type ServiceDirectory, sdkService } from './directory.ts';

type ServiceResource = Resource & { readonly kind: 'service' };

/** The optimised integrations that there are, with the patterns that AWS has for each. */
const optimised: Readonly<Record<string, readonly IntegrationPattern[]>> = {
  'batch:submitJob': ['request', 'sync'],
  'sns:publish': ['request', 'waitForTaskToken'],
  'states:startExecution': ['request', 'sync', 'sync:2', 'waitForTaskToken'],
};

const sdkPatterns: readonly IntegrationPattern[] = ['request', 'waitForTaskToken'];

export function isSdk(resource: ServiceResource): boolean {
  return resource.service.startsWith('aws-sdk:');
}

/** The registry's names of what a resource calls. */
export function calledOperation(resource: ServiceResource): { readonly service: string; readonly operation: string } {
  const service = isSdk(resource) ? sdkService(resource.service).service : resource.service;
  return { service, operation: pascalCase(resource.action) };
}

/** AWS's words why a definition may not name the resource; undefined when it may. */
export function refuseResource(
  directory: ServiceDirectory,
  resource: Resource,
  kind: 'STANDARD' | 'EXPRESS',
): string | undefined {
  switch (resource.kind) {
    case 'activity':
      return kind === 'EXPRESS' ? `Express state machine does not support Activity ARN '${resource.arn}'` : undefined;
    case 'lambda':
      return unrecognised(resource);
    case 'service':
      return refuseService(directory, resource, kind);
  }
}

function refuseService(
  directory: ServiceDirectory,
  resource: ServiceResource,
  kind: 'STANDARD' | 'EXPRESS',
): string | undefined {
  const { service, operation } = calledOperation(resource);
  const patterns = isSdk(resource) ? sdkPatterns : (optimised[`${resource.service}:${resource.action}`] ?? []);
  // `submitJob`, not `SubmitJob`: the action is in camelCase.
  if (!patterns.includes(resource.pattern) || !/^[a-z]/.test(resource.action)) return unrecognised(resource);
  if (directory.isUnbuilt(service, operation)) {
    return `The resource provided ${resource.arn} is not supported by this version of Batchyard.`;
  }
  if (!directory.find(service, operation)) return unrecognised(resource);
  if (kind === 'STANDARD' || resource.pattern === 'request') return undefined;
  return `Express state machine does not support '.${resource.pattern}' service integration`;
}

function unrecognised({ arn }: Resource): string {
  return (
    `The resource provided ${arn} is not recognized. ` +
    'The value is not a valid resource ARN, or the resource is not available in this region.'
  );
}
