import type { OptionKind } from './option-kinds.ts';

/** The headings under which `--help` and docs/configuration.md list the options. */
export const optionGroups = {
  server: 'Server',
  access: 'Access',
  jobs: 'Engines and jobs',
  images: 'Images',
  storage: 'Retention, logs and disk',
  limits: 'Limits of requests',
  diagnosis: 'Diagnosis and tests',
} as const;

/** One option: everything that the parser, `--help` and the manual say of it. */
export interface OptionDefinition {
  readonly group: keyof typeof optionGroups;
  // biome-ignore lint/suspicious/noExplicitAny: each option has its own written and compiled type; see options.ts.
  readonly kind: OptionKind<any, any>;
  /** One sentence or two, without units that the kind already shows. */
  readonly about: string;
  /** As a user would write it. Absent: `otherwise` says what happens. */
  readonly default?: unknown;
  /** What happens without a value, when there is no default to show. */
  readonly otherwise?: string;
  /** It confirms what happened once, and must not stand in a file or the environment, where it would confirm for ever. */
  readonly onlyFlag?: true;
}
