import type { Operation, ServiceDefinition } from '../../../core/operation.ts';
import { pascalCase } from './casing.ts';
import { mapMembers, shapeOf } from './shape.ts';

/** A service as definitions name it: `aws-sdk:cloudwatchlogs:...`, and its errors `CloudWatchLogs.…`. */
interface SdkName {
  /** The name in the registry. */
  readonly service: string;
  readonly error: string;
}

/** Where the AWS SDK's name of a service is not the registry's. Every other service goes by its own. */
const sdkNames: Readonly<Record<string, SdkName>> = {
  sfn: { service: 'states', error: 'Sfn' },
  cloudwatchlogs: { service: 'logs', error: 'CloudWatchLogs' },
  eventbridge: { service: 'events', error: 'EventBridge' },
  secretsmanager: { service: 'secretsmanager', error: 'SecretsManager' },
  cloudtrail: { service: 'cloudtrail', error: 'CloudTrail' },
};

/** Maps of the user's that only outputs have, so that no input tells of them. */
const outputMaps = ['variableReferences'];

/** One operation that a task can call. */
export interface Callable {
  readonly service: ServiceDefinition;
  /** As the service's API names it: `SubmitJob`. */
  readonly name: string;
  readonly operation: Operation;
  /** Members of the service that are maps with the user's own keys. */
  readonly userMaps: ReadonlySet<string>;
}

/** Finds services and operations of the registry by the names that definitions give them. */
export class ServiceDirectory {
  readonly #services: () => readonly ServiceDefinition[];
  readonly #userMaps = new WeakMap<ServiceDefinition, ReadonlySet<string>>();

  /** `services` is asked anew each time: the registry may be made after this. */
  constructor(services: () => readonly ServiceDefinition[]) {
    this.#services = services;
  }

  /** The operation of the registry; undefined when there is none, or it is not built. */
  find(service: string, name: string): Callable | undefined {
    const definition = this.#services().find((each) => each.name === service);
    const operation = operationOf(definition, name);
    if (!definition || operation?.kind !== 'operation') return undefined;
    return { service: definition, name, operation, userMaps: this.#mapsOf(definition) };
  }

  /** Whether AWS has the operation and this version has not. */
  isUnbuilt(service: string, name: string): boolean {
    const definition = this.#services().find((each) => each.name === service);
    return operationOf(definition, name)?.kind === 'unbuilt';
  }

  /** Conservative: what is a map anywhere in a service's inputs is one in its outputs, which no schema describes. */
  #mapsOf(definition: ServiceDefinition): ReadonlySet<string> {
    const earlier = this.#userMaps.get(definition);
    if (earlier) return earlier;
    const { protocol } = definition;
    const found = new Set([...outputMaps, ...(protocol.kind === 'awsQuery' ? (protocol.mapMembers ?? []) : [])]);
    const seen = new Set<ReturnType<typeof shapeOf>>();
    for (const operation of Object.values(definition.operations)) {
      if (operation.kind === 'operation') mapMembers(shapeOf(operation.schema), found, seen);
    }
    this.#userMaps.set(definition, found);
    return found;
  }
}

function operationOf(definition: ServiceDefinition | undefined, name: string) {
  return definition && Object.hasOwn(definition.operations, name) ? definition.operations[name] : undefined;
}

/** `aws-sdk:sfn` as the registry names it, and as its errors begin. */
export function sdkService(resourceType: string): SdkName {
  const sdkName = resourceType.slice('aws-sdk:'.length).toLowerCase();
  const special = Object.hasOwn(sdkNames, sdkName) ? sdkNames[sdkName] : undefined;
  if (special) return special;
  // A service with an SDK name of its own is not known by its registry name too.
  const hidden = Object.values(sdkNames).some(({ service }) => service === sdkName);
  return { service: hidden ? '' : sdkName, error: pascalCase(sdkName) };
}
