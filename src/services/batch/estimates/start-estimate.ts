import { nameOfArn } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { describeReason, jobBefore, type WaitingReason } from '../../../scheduler/index.ts';
import type { Assumed, Forecasted } from '../../../simulator/index.ts';

/** When a job is expected to start, or why nobody can tell. */
export type StartEstimate =
  | {
      readonly kind: 'estimated';
      readonly at: EpochMilliseconds;
      /** Attempts until then, by where it is known from how long they last. */
      readonly assumed: Assumed;
      /** What it assumes, in words. */
      readonly text: string;
    }
  | {
      readonly kind: 'unknown';
      readonly reason: UnknownStart;
      /** As far as it was looked: it does not start before. */
      readonly notBefore?: EpochMilliseconds;
      /** In words. */
      readonly text: string;
    };

export type UnknownStart =
  /** What it waits for runs for nobody knows how long. */
  | { readonly kind: 'no-run-time'; readonly jobDefinitions: readonly string[] }
  /** Nothing that is expected to happen lets it start. */
  | { readonly kind: 'never-by-itself' }
  /** More waits or runs before it than is looked at. */
  | { readonly kind: 'too-many-jobs' }
  /** The end of what may be spent on one estimate came first. */
  | { readonly kind: 'budget-spent' }
  /** Too many others are asked for. */
  | { readonly kind: 'busy' };

export function estimateOf(forecasted: Forecasted, assumed: Assumed): StartEstimate {
  switch (forecasted.kind) {
    case 'starts':
      return { kind: 'estimated', at: forecasted.at, assumed, text: assumedWords(assumed) };
    case 'cut':
      return { ...unknownStart({ kind: 'too-many-jobs' }), notBefore: forecasted.at };
    case 'stands': {
      const { endless, waiting } = forecasted;
      if (endless.length > 0 && endsHelp(waiting))
        return unknownStart({ kind: 'no-run-time', jobDefinitions: endless });
      const { text, ...estimate } = unknownStart({ kind: 'never-by-itself' });
      return { ...estimate, text: waiting ? `${text}: ${describeReason(waiting)}` : text };
    }
  }
}

/** Whether it could be otherwise if something ended that runs. */
function endsHelp(waiting: WaitingReason | undefined): boolean {
  const reason = waiting && (jobBefore(waiting)?.head ?? waiting);
  return !reason || isHelpedByEnds[reason.kind];
}

const isHelpedByEnds: { readonly [Kind in WaitingReason['kind']]: boolean } = {
  'about-to-start': true,
  'compute-environments-at-max-vcpus': true,
  'outranked-by-queue': true,
  'outranked-by-share': true,
  'over-budget': true,
  'consumables-in-use': true,
  'instance-starting': true,
  'registered-instances-full': true,
  'pool-capacity': true,
  'waiting-for-share': true,
  'waiting-for-head': true,
  'queue-not-accepting': false,
  'queue-held': false,
  'consumables-unobtainable': false,
  'engine-unavailable': false,
  'pool-unavailable': false,
  'no-such-machine': false,
  'environments-not-ready': false,
  'environments-disabled': false,
  'request-exceeds-every-environment': false,
  'no-valid-environment': false,
  'service-role-refused': false,
  'instances-unavailable': false,
  'instances-unregistered': false,
  'request-exceeds-pool': false,
  'instance-type-not-launchable': false,
  'minimum-leaves-no-room': false,
  'nodes-refused': false,
};

export function unknownStart(reason: UnknownStart): Extract<StartEstimate, { readonly kind: 'unknown' }> {
  return { kind: 'unknown', reason, text: describeUnknown(reason) };
}

function describeUnknown(reason: UnknownStart): string {
  switch (reason.kind) {
    case 'no-run-time': {
      const names = reason.jobDefinitions.map((arn) => nameOfArn(arn));
      const shown = names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
      return `no finished run of ${shown} tells how long it takes, and it has no timeout`;
    }
    case 'never-by-itself':
      return 'nothing that is expected to happen lets it start';
    case 'too-many-jobs':
      return 'more jobs wait or run before it than an estimate looks at';
    case 'budget-spent':
      return 'more happens before it than an estimate may take time for';
    case 'busy':
      return 'too many other estimates are being made: ask again';
  }
}

/** Such as `attempts before it: 10 as long as finished ones were, 2 until the timeout; nothing new comes, and none fails`. */
function assumedWords({ history, timeout, nowhere }: Assumed): string {
  const parts = [
    ...(history > 0 ? [`${history} as long as finished ones were`] : []),
    ...(timeout > 0 ? [`${timeout} until the timeout`] : []),
    ...(nowhere > 0 ? [`${nowhere} nobody knows how long, and so for ever`] : []),
  ];
  const attempts = parts.length === 0 ? 'no attempt before it' : `attempts before it: ${parts.join(', ')}`;
  return `${attempts}; nothing new comes, and none fails`;
}
