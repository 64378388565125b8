import type { Resource } from '../../../asl/index.ts';
import { invariant } from '../../../core/errors.ts';
import type { Api, ApiShape, Member, Structure } from './api.ts';
import { errorPrefix, operationName } from './names.ts';
import { type OptimisedAction, optimised } from './optimised.ts';
import { ownShapes } from './own-shapes.ts';
import { readApi } from './table.ts';

export type ServiceResource = Resource & { readonly kind: 'service' };

/** What AWS's models say of a service integration. */
export interface Integration {
  readonly isSdk: boolean;
  /** `AWS Batch`. */
  readonly service: string;
  /** What the names of its errors begin with. */
  readonly prefix: string;
  readonly input: Structure;
  /** Parameters that take any JSON, which the service gets as text. */
  readonly anyJson: ReadonlySet<string>;
  /** What the operation answers; undefined when it answers nothing, or nothing is known of it. */
  readonly output: ApiShape | undefined;
  /** What a task with `.sync` ends with; undefined when nothing is known of it. */
  readonly job: ApiShape | undefined;
}

const sdkPrefix = 'aws-sdk:';
const nothing: Structure = { kind: 'structure', members: new Map() };
const none: ReadonlySet<string> = new Set();

export function isSdk(resource: ServiceResource): boolean {
  return resource.service.startsWith(sdkPrefix);
}

/** The name that the table of APIs has for the service of an `aws-sdk:` resource. */
export function sdkServiceName(resource: ServiceResource): string {
  return resource.service.slice(sdkPrefix.length).toLowerCase();
}

/** The integration that a resource names; undefined when AWS has none, or not in this pattern. */
export function findIntegration(resource: ServiceResource): Promise<Integration | undefined> {
  return isSdk(resource) ? findSdk(resource) : findOptimised(resource);
}

async function findSdk(resource: ServiceResource): Promise<Integration | undefined> {
  const { action, pattern } = resource;
  if (pattern !== 'request' && pattern !== 'waitForTaskToken') return undefined;
  const api = await readApi(sdkServiceName(resource), 'sdk');
  const operation = api?.operation(operationName(action) ?? '');
  if (!api || !operation) return undefined;
  return {
    isSdk: true,
    service: api.name,
    prefix: errorPrefix(api.id),
    input: structureOf(operation.input),
    anyJson: none,
    output: operation.output,
    job: undefined,
  };
}

async function findOptimised({ service: name, action, pattern }: ServiceResource): Promise<Integration | undefined> {
  const service = Object.hasOwn(optimised, name) ? optimised[name] : undefined;
  const found = service && Object.hasOwn(service.actions, action) ? service.actions[action] : undefined;
  if (!service || !found?.patterns.includes(pattern)) return undefined;
  const api = await readApi(found.api ?? service.api, 'optimised');
  const operation = found.own ? undefined : api?.operation(found.operation ?? operationName(action) ?? '');
  invariant(found.own !== undefined || operation !== undefined, `the table has the operation of ${name}:${action}`);
  return {
    isSdk: false,
    service: api?.name ?? 'HTTP Task',
    prefix: service.prefix,
    input: found.own ? ownShapes[found.own] : withFurther(structureOf(operation?.input), found),
    anyJson: new Set(found.anyJson),
    output: operation?.output,
    job: found.job && api && jobShape(api, found.job),
  };
}

function structureOf(shape: ApiShape | undefined): Structure {
  return shape?.kind === 'structure' ? shape : nothing;
}

function withFurther(input: Structure, { further = [] }: OptimisedAction): Structure {
  if (further.length === 0) return input;
  const added = further.map((name): [string, Member] => [name, { name, required: false, shape: { kind: 'document' } }]);
  return { kind: 'structure', members: new Map([...input.members, ...added]) };
}

function jobShape(api: Api, [operation, ...path]: NonNullable<OptimisedAction['job']>): ApiShape | undefined {
  let shape = api.operation(operation)?.output;
  for (const step of path) {
    if (shape?.kind === 'list') shape = shape.element;
    else shape = shape?.kind === 'structure' ? shape.members.get(step)?.shape : undefined;
  }
  return shape;
}
