import { blockedWords, describeReason, type HeadReason, insufficientCapacity } from '../../../scheduler/index.ts';

type Kind = HeadReason['kind'];

/** How what blocks a queue is told. */
interface Telling {
  /**
   * `at-once`: only somebody can change it. `after-grace`: it may pass by itself. `never`: the job waits its turn, as behind any
   * other that has started before it; or somebody wants it so.
   */
  readonly when: 'at-once' | 'after-grace' | 'never';
  /**
   * AWS's words, where they are the scheduler's own; those for capacity that does not come; ours behind AWS's word for what has no
   * cause of its own.
   */
  readonly words: "AWS's" | 'capacity' | 'ours';
}

const tellings: { readonly [Each in Kind]: Telling } = {
  'about-to-start': { when: 'never', words: 'ours' },
  'compute-environments-at-max-vcpus': { when: 'never', words: 'ours' },
  'outranked-by-share': { when: 'never', words: 'ours' },
  'over-budget': { when: 'never', words: 'ours' },
  'outranked-by-queue': { when: 'never', words: 'ours' },
  'consumables-in-use': { when: 'never', words: 'ours' },
  'queue-held': { when: 'never', words: 'ours' },
  'instance-starting': { when: 'never', words: 'ours' },
  'registered-instances-full': { when: 'never', words: 'ours' },
  'instances-unregistered': { when: 'at-once', words: 'ours' },
  'instances-unavailable': { when: 'after-grace', words: 'capacity' },
  'queue-not-accepting': { when: 'after-grace', words: 'ours' },
  'engine-unavailable': { when: 'after-grace', words: 'ours' },
  'pool-unavailable': { when: 'after-grace', words: 'ours' },
  'environments-not-ready': { when: 'after-grace', words: 'ours' },
  'pool-capacity': { when: 'after-grace', words: 'capacity' },
  'consumables-unobtainable': { when: 'at-once', words: 'ours' },
  'environments-disabled': { when: 'at-once', words: 'ours' },
  'no-such-machine': { when: 'at-once', words: 'ours' },
  'nodes-refused': { when: 'at-once', words: 'ours' },
  'minimum-leaves-no-room': { when: 'at-once', words: "AWS's" },
  'request-exceeds-every-environment': { when: 'at-once', words: "AWS's" },
  'instance-type-not-launchable': { when: 'at-once', words: "AWS's" },
  'request-exceeds-pool': { when: 'at-once', words: "AWS's" },
  'service-role-refused': { when: 'at-once', words: "AWS's" },
  'no-valid-environment': { when: 'at-once', words: "AWS's" },
};

/** When a queue is said to be blocked for a reason of this kind. */
export function whenTold(kind: Kind): Telling['when'] {
  return tellings[kind].when;
}

/** Why a queue is blocked, as events and DescribeJobs say it. `instanceType`: what its environment launches, in one word, where no type was tried. */
export function blockedReason(reason: HeadReason, instanceType: string): string {
  const { words } = tellings[reason.kind];
  if (words === 'capacity') return insufficientCapacity.sentence(triedType(reason) ?? instanceType);
  return words === "AWS's" ? describeReason(reason) : `UNDETERMINED - ${describeReason(reason)}`;
}

function triedType(reason: HeadReason): string | undefined {
  if (reason.kind !== 'instances-unavailable') return undefined;
  const [first] = reason.environments.flatMap((one) => (one.kind === 'no-instance' ? one.passedOver : []));
  return first?.type.name;
}

/** Whether AWS has words for it. */
export function hasWordsOfAws(kind: Kind): boolean {
  return tellings[kind].words !== 'ours';
}

/** AWS's code of the reason, by which `jobStateTimeLimitActions` name it; undefined for what has none. */
export function codeOf(kind: Kind): string | undefined {
  if (tellings[kind].words === 'capacity') return insufficientCapacity.code;
  return kind in blockedWords ? blockedWords[kind as keyof typeof blockedWords].code : undefined;
}
