import { defaultContainer } from '../../../core/job-specification.ts';
import type { PodContainer, PodMetadata, PodSpecification } from '../../../core/pod-specification.ts';
import { present } from '../../../core/present.ts';
import { demand } from '../refusals.ts';
import { environmentOf } from './container-record.ts';
import { checkEnvironment, checkNoNul, longestImage } from './container-rules.ts';
import { mergedEnvironment } from './merged-environment.ts';
import { checkMetadata } from './pod-metadata.ts';
import { checkQuantities } from './pod-resources.ts';
import type { EksPropertiesOverride, GivenPodMetadata, PodContainerOverride } from './pod-schema.ts';

/** The pod with what a submission says otherwise of it. Of what is refused here no words are reported of AWS but those of rules. */
export function overriddenPod(pod: PodSpecification, { podProperties = {} }: EksPropertiesOverride): PodSpecification {
  const { containers, initContainers, metadata } = podProperties;
  const { initContainers: own = [], metadata: ownMetadata } = pod;
  const changedFirst = overriddenAll(own, initContainers);
  return {
    ...pod,
    containers: overriddenAll(pod.containers, containers),
    ...(changedFirst.length > 0 && { initContainers: changedFirst }),
    ...present({ metadata: metadata ? mergedMetadata(ownMetadata ?? {}, metadata) : ownMetadata }),
  };
}

function overriddenAll(
  containers: readonly PodContainer[],
  overrides: readonly PodContainerOverride[] = [],
): readonly PodContainer[] {
  const found = new Map<PodContainer, PodContainerOverride>();
  for (const override of overrides) {
    const container = overriddenBy(override, containers);
    demand(
      container,
      `eksPropertiesOverride names container ${override.name}, which the job definition does not have.`,
    );
    demand(!found.has(container), `eksPropertiesOverride names container ${override.name} twice.`);
    checkOverride(override);
    found.set(container, override);
  }
  return containers.map((container) => {
    const override = found.get(container);
    return override ? overridden(container, override) : container;
  });
}

/** Found by its name; one without a name is for the container that is alone. AWS writes the default name both ways (spec 02 C17). */
function overriddenBy({ name }: PodContainerOverride, containers: readonly PodContainer[]): PodContainer | undefined {
  if (name === undefined) return containers.length === 1 ? containers[0] : undefined;
  const isDefault = name.toLowerCase() === defaultContainer;
  return containers.find((container) => (container.name === undefined ? isDefault : container.name === name));
}

function checkOverride({ image, command, args, env, resources }: PodContainerOverride): void {
  const fits = (image?.length ?? 0) <= longestImage;
  demand(fits, `Container image has more than ${longestImage} characters.`);
  checkNoNul('command', command);
  checkNoNul('args', args);
  checkEnvironment(env);
  checkQuantities(resources ?? {});
}

/** What it asks for is merged quantity by quantity, and must then fit together. */
function overridden(container: PodContainer, override: PodContainerOverride): PodContainer {
  const { image, command, args, env, resources } = override;
  const limits = merged(container.limits, resources?.limits);
  const requests = merged(container.requests, resources?.requests);
  checkQuantities({ limits, requests });
  return {
    ...container,
    ...present({
      image: image || container.image,
      command: command ?? container.command,
      arguments: args ?? container.arguments,
      environment: mergedEnvironment(container.environment, environmentOf(env)),
      limits,
      requests,
    }),
  };
}

function mergedMetadata(own: PodMetadata, given: GivenPodMetadata): PodMetadata {
  checkMetadata(given);
  return present({
    labels: merged(own.labels, given.labels),
    annotations: merged(own.annotations, given.annotations),
    namespace: given.namespace ?? own.namespace,
  });
}

type Texts = Readonly<Record<string, string>>;

function merged(own: Texts | undefined, given: Texts | undefined): Record<string, string> | undefined {
  return own || given ? { ...own, ...given } : undefined;
}
