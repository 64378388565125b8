import type { RunnerConfig } from '../runner/runner-config.ts';

/** What a runner is told that has nothing of this machine, and gives nothing. */
export function config(parts: Partial<RunnerConfig>): RunnerConfig {
  return {
    formatVersion: 1,
    dataDirectory: '/nonexistent/data',
    logRoot: '/nonexistent/logs',
    host: {
      tools: { sh: '/bin/sh', mkfifo: 'mkfifo' },
      sandbox: 'bubblewrap',
      refusals: [],
      overlay: false,
      overlayMount: false,
      bindByDescriptor: true,
      filtersCalls: false,
      pidsByDescriptor: true,
      scratch: '/s',
      cgroups: {},
      gangNetwork: { kind: 'none', why: 'a test' },
    },
    isolation: 'preferred',
    identity: { uid: 65534, gid: 65534 },
    allowRoot: false,
    hostPaths: [],
    devices: [],
    neverMounted: [],
    hidden: [],
    rootFilesystems: {},
    allowUnmappedImages: true,
    pidsLimit: 1,
    cpuQuota: false,
    minimumFreeBytes: 0,
    instanceId: 'i-1',
    ...parts,
  };
}
