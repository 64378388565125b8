import type { LateOperation, Operation, ServiceDefinition } from '../../../core/operation.ts';
import { isSdk, operationName, type ServiceResource, sdkServiceName } from '../apis/index.ts';

/** Where the registry has another name for a service than `aws-sdk:` resources. */
const registryNames: Readonly<Record<string, string>> = {
  sfn: 'states',
  cloudwatchlogs: 'logs',
  eventbridge: 'events',
  cloudwatch: 'monitoring',
};

/** One operation that a task can call. */
export interface Callable {
  readonly service: ServiceDefinition;
  /** As the service's API names it: `SubmitJob`. */
  readonly name: string;
  readonly operation: Operation | LateOperation;
}

/** Finds services and operations of the registry by the names that definitions give them. */
export class ServiceDirectory {
  readonly #services: () => readonly ServiceDefinition[];

  /** `services` is asked anew each time: the registry may be made after this. */
  constructor(services: () => readonly ServiceDefinition[]) {
    this.#services = services;
  }

  /** The operation of the registry; undefined when there is none, or it is not built. */
  find(service: string, name: string): Callable | undefined {
    const definition = this.#services().find((each) => each.name === service);
    const operation = operationOf(definition, name);
    if (!definition || !operation || operation.kind === 'unbuilt') return undefined;
    return { service: definition, name, operation };
  }

  /** Whether the installation has the service, be it without the operation that was asked for. */
  has(service: string): boolean {
    return this.#services().some(({ name }) => name === service);
  }
}

function operationOf(definition: ServiceDefinition | undefined, name: string) {
  return definition && Object.hasOwn(definition.operations, name) ? definition.operations[name] : undefined;
}

/** The registry's names of what a resource calls; no name is that of a service with another name in resources. */
export function calledOperation(resource: ServiceResource): { readonly service: string; readonly operation: string } {
  const operation = operationName(resource.action) ?? '';
  if (!isSdk(resource)) return { service: resource.service, operation };
  return { service: registryName(sdkServiceName(resource)), operation };
}

/** The registry's name of a service that `aws-sdk:` names. */
export function registryName(sdkName: string): string {
  return (Object.hasOwn(registryNames, sdkName) ? registryNames[sdkName] : undefined) ?? sdkName;
}
