import type { RegisterJobDefinitionRequest } from '@aws-sdk/client-batch';
import { InvariantViolation } from '../../../core/errors.ts';
import type { ResourceRequest, RetryStrategy } from '../../../core/job.ts';
import type { ConsumableRecord, NodeSpecification } from '../../../core/job-specification.ts';
import { nodeOfLayers } from '../../../core/node-specification.ts';
import type { JobDefinitionRecord } from '../records.ts';
import { consumablesOf } from './consumables.ts';
import { nodeOf, nodeOfTask } from './container-record.ts';
import { platformOf } from './definition.ts';
import { unusableImage } from './image.ts';
import { type Nodes, nodesOf } from './nodes.ts';
import { hasReferences } from './parameters.ts';
import { podHasReferences } from './pod-parameters.ts';
import { podOf } from './pod-record.ts';
import { podResources } from './pod-resources.ts';
import type { EksProperties } from './pod-schema.ts';
import { type Platform, resourcesOf } from './resources.ts';
import { compileRetryStrategy, compileTimeout } from './retry-strategy.ts';
import type { Container, NodeProperties, Task } from './schema.ts';
import { taskResources } from './task-rules.ts';

/** What every submission takes from a definition, worked out once for each revision. */
export interface CompiledDefinition {
  readonly arn: string;
  readonly platform: Platform;
  readonly platformCapabilities: readonly string[];
  /** What a job runs when nothing is overridden; `Ref::` not yet replaced. Never changed, so jobs share it. */
  readonly node: NodeSpecification;
  /** Of a multi-node job, whose `node` is that of its main node. */
  readonly nodes?: Nodes;
  readonly hasReferences: boolean;
  /** Why every job of it fails at once. */
  readonly failure: string | undefined;
  readonly resources: ResourceRequest;
  readonly parameters: Readonly<Record<string, string>>;
  readonly retryStrategy: RetryStrategy | undefined;
  readonly timeoutSeconds: number | undefined;
  /** What its jobs need of consumable resources, where a submission says nothing else. Absent: nothing. */
  readonly consumables: readonly ConsumableRecord[] | undefined;
  readonly propagateTags: boolean;
  readonly schedulingPriority: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Compiles definitions and keeps the result as long as their record lives. */
export class DefinitionCompiler {
  readonly #compiled = new WeakMap<JobDefinitionRecord, CompiledDefinition>();

  compile(record: JobDefinitionRecord): CompiledDefinition {
    const known = this.#compiled.get(record);
    if (known) return known;
    const compiled = compileDefinition(record);
    this.#compiled.set(record, compiled);
    return compiled;
  }
}

function compileDefinition(record: JobDefinitionRecord): CompiledDefinition {
  const { arn, tags } = record;
  const request = registeredRequest(record);
  const platform = platformOf(request.platformCapabilities);
  const whole = whatRuns(arn, request, platform);
  const all = whole.nodes?.nodes ?? [whole.node];
  const parameters = request.parameters ?? {};
  return {
    arn,
    platform,
    platformCapabilities: request.platformCapabilities ?? [],
    ...whole,
    hasReferences: all.some(
      ({ containers, pod }) =>
        containers.some(({ command }) => hasReferences(command)) || (pod !== undefined && podHasReferences(pod)),
    ),
    failure: unusableImage({ containers: all.flatMap(({ containers }) => containers) }),
    parameters,
    retryStrategy: compileRetryStrategy(request.retryStrategy as Parameters<typeof compileRetryStrategy>[0]),
    timeoutSeconds: compileTimeout(request.timeout),
    consumables: consumablesOf(request.consumableResourceProperties),
    propagateTags: request.propagateTags ?? false,
    schedulingPriority: request.schedulingPriority,
    tags,
  };
}

interface WhatRuns {
  readonly node: NodeSpecification;
  readonly nodes?: Nodes;
  readonly resources: ResourceRequest;
}

function whatRuns(arn: string, request: RegisteredRequest, platform: Platform): WhatRuns {
  if (request.nodeProperties) return whatNodesRun(arn, nodesOf(request.nodeProperties as NodeProperties));
  const properties = request.containerProperties as Container | undefined;
  if (request.eksProperties) {
    const pod = podOf(request.eksProperties as EksProperties);
    return { node: { containers: [], pod }, resources: podResources(pod) };
  }
  if (properties) return { node: nodeOf(properties), resources: resourcesOf(properties, platform) };
  const [task] = (request.ecsProperties?.taskProperties ?? []) as readonly Task[];
  if (!task) throw new InvariantViolation(`job definition ${arn} has no container`);
  return { node: nodeOfTask(task), resources: taskResources(task.containers, platform) };
}

function whatNodesRun(arn: string, nodes: Nodes): WhatRuns {
  const node = nodeOfLayers(nodes.nodes, nodes.mainNode);
  if (!node) throw new InvariantViolation(`job definition ${arn} has no main node`);
  return { node, nodes, resources: nodes.resources };
}

/** What a definition was registered with, less name and tags. */
export type RegisteredRequest = Omit<RegisterJobDefinitionRequest, 'jobDefinitionName' | 'tags'>;

/** Reads the request of a definition: it was validated when it was stored. */
export function registeredRequest({ request }: Pick<JobDefinitionRecord, 'request'>): RegisteredRequest {
  return request as unknown as RegisteredRequest;
}
