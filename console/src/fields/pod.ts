import { commandField, environmentField, imageField } from './container.ts';
import type { Field, Step } from './field.ts';
import { parametersField } from './tags.ts';

const pod = 'eksProperties.podProperties.';
const one = `${pod}containers[0].`;
const largestId = 4_294_967_295;

/** `limits` and `requests` are the same of memory: the limit is asked. */
export function podResourceFields(at: string, required: boolean): readonly Field[] {
  return [
    {
      ...{ kind: 'text', path: `${at}resources.limits.cpu`, label: 'field.vcpus', help: 'field.pod-cpu.help' },
      ...{ required, pattern: /^\d{1,9}(\.\d{1,9})?$/ },
    },
    {
      ...{
        kind: 'text',
        path: `${at}resources.limits.memory`,
        label: 'field.pod-memory',
        help: 'field.pod-memory.help',
      },
      ...{ required, pattern: /^\d{1,9}Mi$/ },
    },
  ];
}

function idField(member: string, label: string): Field {
  return { kind: 'number', path: `${one}securityContext.${member}`, label, min: 0, max: largestId };
}

/** The pages of pods behind the general one (spec 02 §12). */
export const podSteps: readonly Step[] = [
  {
    title: 'step.pod',
    fields: [
      { kind: 'text', path: `${pod}serviceAccountName`, label: 'field.service-account' },
      { kind: 'toggle', path: `${pod}hostNetwork`, label: 'field.host-network', help: 'field.host-network.help' },
      {
        kind: 'choice',
        path: `${pod}dnsPolicy`,
        label: 'field.dns-policy',
        options: ['Default', 'ClusterFirst', 'ClusterFirstWithHostNet'],
        named: /dns policy/i,
      },
      { kind: 'map', path: `${pod}metadata.labels`, label: 'field.pod-labels', named: /label/i },
    ],
  },
  {
    title: 'step.container',
    fields: [
      {
        kind: 'text',
        path: `${one}name`,
        label: 'field.container-name',
        pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/,
        named: /container name/i,
      },
      imageField(one),
      {
        kind: 'choice',
        path: `${one}imagePullPolicy`,
        label: 'field.pull-policy',
        options: ['Always', 'IfNotPresent', 'Never'],
        named: /pull policy/i,
      },
      commandField(one),
      commandField(one, 'args', 'field.arguments'),
      ...podResourceFields(one, true),
      parametersField,
      environmentField(one, 'env'),
    ],
    more: [
      {
        kind: 'rows',
        path: `${pod}volumes`,
        label: 'field.volumes',
        add: 'field.volumes.add',
        fields: [
          { kind: 'text', path: 'name', label: 'field.name', required: true },
          { kind: 'text', path: 'hostPath.path', label: 'field.source-path' },
          { kind: 'text', path: 'emptyDir.sizeLimit', label: 'field.empty-dir', pattern: /^\d{1,9}Mi$/ },
          { kind: 'text', path: 'persistentVolumeClaim.claimName', label: 'field.volume-claim' },
          { kind: 'text', path: 'secret.secretName', label: 'field.volume-secret' },
        ],
      },
      {
        kind: 'rows',
        path: `${one}volumeMounts`,
        label: 'field.mount-points',
        add: 'field.mount-points.add',
        fields: [
          { kind: 'text', path: 'name', label: 'field.source-volume', required: true },
          { kind: 'text', path: 'mountPath', label: 'field.container-path', required: true },
          { kind: 'toggle', path: 'readOnly', label: 'field.read-only' },
        ],
      },
      idField('runAsUser', 'field.run-as-user'),
      idField('runAsGroup', 'field.run-as-group'),
      { kind: 'toggle', path: `${one}securityContext.runAsNonRoot`, label: 'field.run-as-non-root' },
      { kind: 'toggle', path: `${one}securityContext.privileged`, label: 'field.privileged' },
      { kind: 'toggle', path: `${one}securityContext.readOnlyRootFilesystem`, label: 'field.readonly-root' },
    ],
  },
];
