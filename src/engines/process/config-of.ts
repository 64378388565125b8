import type { HostAbilities } from './host/host-abilities.ts';
import { asSeenByRunner } from './layout.ts';
import { type CompiledOptions, hiddenDirectories } from './options.ts';
import { allowPaths } from './plan/sources.ts';
import type { RunnerConfig } from './runner/runner-config.ts';

/** What a server with these options tells its runners. */
export function configOf(options: CompiledOptions, host: HostAbilities): RunnerConfig {
  const { dataDirectory, logRoot, isolation, identity, allowRoot, hostPaths, neverMounted, rootFilesystems } = options;
  const { devices, allowUnmappedImages, pidsLimit, cpuQuota, minimumFreeBytes, instanceId } = options;
  return {
    formatVersion: 1,
    logRoot: asSeenByRunner(dataDirectory, logRoot),
    ...{ dataDirectory, host, isolation, identity, allowRoot, neverMounted, rootFilesystems },
    hostPaths: allowPaths(hostPaths),
    ...{ devices, allowUnmappedImages, pidsLimit, cpuQuota, minimumFreeBytes, instanceId },
    hidden: hiddenDirectories(),
  };
}
