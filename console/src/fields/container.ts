import type { Field, NumberField, RowsField, WordsField } from './field.ts';

/** What a container, or what is said otherwise of one, is asked at `at`: the path of its object with a point behind it. */
export function vcpusField(at: string, { fargate = false, required = false } = {}): NumberField {
  return {
    kind: 'number',
    path: `${at}resourceRequirements[type=VCPU].value`,
    label: 'field.vcpus',
    help: fargate ? 'field.vcpus.fargate' : 'field.vcpus.help',
    min: fargate ? 0.25 : 1,
    whole: !fargate,
    text: true,
    required,
    named: /vcpu/i,
  };
}

export function memoryField(at: string, required = false): NumberField {
  return {
    kind: 'number',
    path: `${at}resourceRequirements[type=MEMORY].value`,
    label: 'field.memory',
    help: 'field.memory.help',
    min: 4,
    text: true,
    required,
    named: /memory/i,
  };
}

export function gpusField(at: string): NumberField {
  return {
    kind: 'number',
    path: `${at}resourceRequirements[type=GPU].value`,
    label: 'field.gpus',
    min: 1,
    text: true,
    named: /gpu/i,
  };
}

export function commandField(at: string, member = 'command', label = 'field.command'): WordsField {
  return { kind: 'words', path: at + member, label, help: 'field.command.help' };
}

export function environmentField(at: string, member = 'environment'): RowsField {
  return {
    kind: 'rows',
    path: at + member,
    label: 'field.environment',
    add: 'field.environment.add',
    named: /environment variable/i,
    fields: [
      { kind: 'text', path: 'name', label: 'field.name', required: true, pattern: /^(?!AWS_BATCH)[^=]+$/ },
      { kind: 'text', path: 'value', label: 'field.value' },
    ],
  };
}

/** Values of Secrets Manager and of parameters. */
export function secretsField(path: string, label = 'field.secrets'): RowsField {
  return {
    ...{ kind: 'rows', path, label, add: 'field.secrets.add' },
    named: /secret/i,
    fields: [
      { kind: 'text', path: 'name', label: 'field.name', required: true },
      { kind: 'text', path: 'valueFrom', label: 'field.value-from', help: 'field.value-from.help', required: true },
    ],
  };
}

export function imageField(at: string): Field {
  return {
    ...{ kind: 'text', path: `${at}image`, label: 'field.image', help: 'field.image.help' },
    required: true,
    longest: 255,
  };
}

export function roleField(path: string, label: string, required = false): Field {
  return { kind: 'text', path, label, required, pattern: /^arn:[\w-]+:iam::\d{12}:role\/.+$/, help: 'field.role.help' };
}
