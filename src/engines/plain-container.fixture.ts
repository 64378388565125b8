import type { ContainerSpec } from './contract.ts';

/** The one essential container of a task, which asks for nothing special. */
export function plainContainer(parts: Partial<ContainerSpec> & Pick<ContainerSpec, 'name' | 'image'>): ContainerSpec {
  return {
    essential: true,
    dependsOn: [],
    command: ['true'],
    environment: {},
    secrets: {},
    vcpus: 1,
    memoryMiB: 64,
    gpus: 0,
    mounts: [],
    temporaryFileSystems: [],
    readonlyRootFilesystem: false,
    privileged: false,
    ulimits: [],
    ...parts,
  };
}
