import type { PodContainer, PodSpecification } from '../../../core/pod-specification.ts';
import { hasReferences, substitute } from './parameters.ts';

/** The same pod where nothing is to be replaced. */
export function podWithParameters(
  pod: PodSpecification,
  parameters: Readonly<Record<string, string>>,
): PodSpecification {
  const { containers, initContainers } = pod;
  if (!podHasReferences(pod)) return pod;
  const replaced = (container: PodContainer): PodContainer => ({
    ...container,
    ...(container.command && { command: substitute(container.command, parameters) }),
    ...(container.arguments && { arguments: substitute(container.arguments, parameters) }),
  });
  return {
    ...pod,
    containers: containers.map(replaced),
    ...(initContainers && { initContainers: initContainers.map(replaced) }),
  };
}

/** Whether a pod has placeholders for parameters. */
export function podHasReferences({ containers, initContainers = [] }: PodSpecification): boolean {
  return [...containers, ...initContainers].some(hasPodReferences);
}

function hasPodReferences({ command, arguments: given }: PodContainer): boolean {
  return hasReferences(command) || hasReferences(given);
}
