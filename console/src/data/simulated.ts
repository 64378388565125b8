import { iamCall } from './iam-call.ts';

export interface Simulated {
  readonly principal: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Values of condition keys. */
  readonly context: readonly { readonly key: string; readonly value: string }[];
}

export function simulationCall({ principal, actions, resources, context }: Simulated) {
  return iamCall('SimulatePrincipalPolicy', {
    PolicySourceArn: principal,
    ActionNames: actions,
    ...(resources.length > 0 && { ResourceArns: resources }),
    ...(context.length > 0 && {
      ContextEntries: context.map(({ key, value }) => ({
        ContextKeyName: key,
        ContextKeyType: 'string',
        ContextKeyValues: [value],
      })),
    }),
  });
}

/** Words between spaces, commas or line ends. */
export function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** Lines like `aws:SourceIp=127.0.0.1`. */
export function contextOf(text: string): Simulated['context'] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes('='))
    .map((line) => ({ key: line.slice(0, line.indexOf('=')), value: line.slice(line.indexOf('=') + 1) }));
}
