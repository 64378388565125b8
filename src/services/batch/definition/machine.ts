import type { MachineKind, ResourceRequest } from '../../../core/job.ts';
import type { NodeSpecification } from '../../../core/job-specification.ts';

const architectures: Readonly<Record<string, MachineKind>> = { ARM64: 'arm64', X86_64: 'x86_64' };

/** What a job asks for, with the kind of machine that its `runtimePlatform` names, if it does. */
export function onItsMachine({ platform }: NodeSpecification, resources: ResourceRequest): ResourceRequest {
  const { operatingSystem = 'LINUX', architecture = '' } = platform ?? {};
  const machine = operatingSystem.startsWith('WINDOWS') ? 'windows' : architectures[architecture];
  return machine ? { ...resources, machine } : resources;
}
