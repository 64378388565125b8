import type { ContainerDetail, ContainerProperties } from '@aws-sdk/client-batch';
import { InvariantViolation } from '../../../core/errors.ts';
import type { ResourceRequest, RetryStrategy } from '../../../core/job.ts';
import type { JobDefinitionRecord } from '../records.ts';
import { hasReferences } from '../submission/parameters.ts';
import { platformOf } from './definition.ts';
import { registeredRequest } from './request.ts';
import { type Platform, type Requirements, resourcesOf } from './resources.ts';
import { compileRetryStrategy, compileTimeout } from './retry-strategy.ts';

/** What every submission takes from a definition, worked out once for each revision. */
export interface CompiledDefinition {
  readonly arn: string;
  readonly platform: Platform;
  readonly platformCapabilities: readonly string[];
  /** As DescribeJobs shows it when nothing is overridden; `Ref::` not yet replaced. Never changed, so jobs share it. */
  readonly container: ContainerDetail;
  readonly hasReferences: boolean;
  readonly requirements: Requirements;
  readonly resources: ResourceRequest;
  readonly parameters: Readonly<Record<string, string>>;
  readonly retryStrategy: RetryStrategy | undefined;
  readonly timeoutSeconds: number | undefined;
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
  const properties = request.containerProperties;
  if (!properties) throw new InvariantViolation(`job definition ${arn} has no container`);
  const platform = platformOf(request.platformCapabilities);
  const container = containerDetail(properties);
  const requirements = requirementsOf(properties);
  const parameters = request.parameters ?? {};
  return {
    arn,
    platform,
    platformCapabilities: request.platformCapabilities ?? [],
    container,
    hasReferences: hasReferences(container.command),
    requirements,
    resources: resourcesOf(requirements, platform),
    parameters,
    retryStrategy: compileRetryStrategy(request.retryStrategy as Parameters<typeof compileRetryStrategy>[0]),
    timeoutSeconds: compileTimeout(request.timeout),
    propagateTags: request.propagateTags ?? false,
    schedulingPriority: request.schedulingPriority,
    tags,
  };
}

function requirementsOf(properties: ContainerProperties): Requirements {
  return {
    vcpus: properties.vcpus,
    memory: properties.memory,
    resourceRequirements: properties.resourceRequirements as Requirements['resourceRequirements'],
  };
}

/** AWS answers these lists empty where nothing was given (spec 05 §5). */
function containerDetail(properties: ContainerProperties): ContainerDetail {
  return {
    ...properties,
    command: properties.command ?? [],
    volumes: properties.volumes ?? [],
    environment: properties.environment ?? [],
    mountPoints: properties.mountPoints ?? [],
    ulimits: properties.ulimits ?? [],
    networkInterfaces: [],
    resourceRequirements: properties.resourceRequirements ?? [],
    secrets: properties.secrets ?? [],
  };
}
