import type { UsageKind } from '../../data/usage.ts';

/** Keys of the words for what usage goes by. */
export const usageLabels = {
  queue: 'usage.by.queue',
  share: 'usage.by.share',
  user: 'usage.by.user',
  definition: 'usage.by.definition',
} as const satisfies Readonly<Record<UsageKind, string>>;

export const usageKinds = Object.keys(usageLabels) as readonly UsageKind[];
