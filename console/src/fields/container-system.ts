import { secretsField } from './container.ts';
import type { Field, RowsField } from './field.ts';

const volumes: RowsField = {
  kind: 'rows',
  path: 'volumes',
  label: 'field.volumes',
  add: 'field.volumes.add',
  fields: [
    { kind: 'text', path: 'name', label: 'field.name', required: true, pattern: /^[A-Za-z0-9_-]{1,255}$/ },
    { kind: 'text', path: 'host.sourcePath', label: 'field.source-path', help: 'field.source-path.help' },
    {
      kind: 'text',
      path: 'efsVolumeConfiguration.fileSystemId',
      label: 'field.file-system',
      pattern: /^fs-/,
      help: 'field.file-system.help',
    },
  ],
};

const mountPoints: RowsField = {
  kind: 'rows',
  path: 'mountPoints',
  label: 'field.mount-points',
  add: 'field.mount-points.add',
  fields: [
    { kind: 'text', path: 'sourceVolume', label: 'field.source-volume', required: true },
    { kind: 'text', path: 'containerPath', label: 'field.container-path', required: true },
    { kind: 'toggle', path: 'readOnly', label: 'field.read-only' },
  ],
};

const logDrivers = ['awslogs', 'fluentd', 'gelf', 'journald', 'json-file', 'splunk', 'syslog'];

/** Where its output goes, of a container at `at`. */
export function loggingFields(at: string, drivers: readonly string[] = logDrivers): readonly Field[] {
  return [
    {
      kind: 'choice',
      path: `${at}logConfiguration.logDriver`,
      label: 'field.log-driver',
      help: 'field.log-driver.help',
      options: drivers,
    },
    { kind: 'map', path: `${at}logConfiguration.options`, label: 'field.log-options' },
    secretsField(`${at}logConfiguration.secretOptions`, 'field.log-secrets'),
  ];
}

export function storageFields(at: string): readonly Field[] {
  return [
    { kind: 'toggle', path: `${at}readonlyRootFilesystem`, label: 'field.readonly-root' },
    { ...volumes, path: `${at}volumes` },
    { ...mountPoints, path: `${at}mountPoints` },
  ];
}

export function userFields(at: string): readonly Field[] {
  return [
    {
      kind: 'text',
      path: `${at}user`,
      label: 'field.user',
      pattern: /^[a-z0-9_][a-z0-9_-]{0,30}(:[a-z0-9_][a-z0-9_-]{0,30})?$/,
    },
    { kind: 'toggle', path: `${at}linuxParameters.initProcessEnabled`, label: 'field.init-process' },
  ];
}

/** What only instances of one's own offer. */
export function hostFields(at: string): readonly Field[] {
  return [
    { kind: 'toggle', path: `${at}privileged`, label: 'field.privileged' },
    number('sharedMemorySize', 'field.shared-memory', 1),
    number('maxSwap', 'field.max-swap', 0),
    { ...number('swappiness', 'field.swappiness', 0), max: 100 },
    {
      kind: 'rows',
      path: `${at}linuxParameters.tmpfs`,
      label: 'field.tmpfs',
      add: 'field.tmpfs.add',
      fields: [
        { kind: 'text', path: 'containerPath', label: 'field.container-path', required: true, pattern: /^\// },
        { kind: 'number', path: 'size', label: 'field.size-mib', required: true, min: 1 },
        { kind: 'list', path: 'mountOptions', label: 'field.mount-options' },
      ],
    },
    {
      kind: 'rows',
      path: `${at}linuxParameters.devices`,
      label: 'field.devices',
      add: 'field.devices.add',
      fields: [
        { kind: 'text', path: 'hostPath', label: 'field.host-path', required: true },
        { kind: 'text', path: 'containerPath', label: 'field.container-path', help: 'field.device-path.help' },
        {
          kind: 'list',
          path: 'permissions',
          label: 'field.permissions',
          options: ['READ', 'WRITE', 'MKNOD'],
        },
      ],
    },
    {
      kind: 'rows',
      path: `${at}ulimits`,
      label: 'field.ulimits',
      add: 'field.ulimits.add',
      fields: [
        { kind: 'text', path: 'name', label: 'field.name', required: true },
        { kind: 'number', path: 'softLimit', label: 'field.soft-limit', required: true },
        { kind: 'number', path: 'hardLimit', label: 'field.hard-limit', required: true },
      ],
    },
  ];

  function number(member: string, label: string, min: number): Field & { kind: 'number' } {
    const words = { sharedMemorySize: /shared memory/i, maxSwap: /swap memory/i }[member];
    return {
      ...{ kind: 'number', path: `${at}linuxParameters.${member}`, label, min },
      ...(words && { named: words }),
    };
  }
}
