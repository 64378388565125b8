import { type Amount, requestOf } from '../amount.ts';
import type { Launch, LaunchCause } from './launch-plan.ts';
import type { AllocationStrategy, LaunchType } from './launch-type.ts';
import type { NodesNeed } from './node-types.ts';
import type { PassedOver, Unavailable } from './ranked-types.ts';
import type { ScaleIn } from './scale-in.ts';

/** Why instances are launched, in words: for what, what was compared, what was passed over. */
export function describeLaunch({ type, instances, reason }: Launch): string {
  const { cause, strategy, purchase, perInstance, runnerUp, passedOver } = reason;
  if (cause.kind === 'nodes') return `${instances} of ${type.name} for ${describeNodes(cause.need)}.`;
  const price = (of: LaunchType) => comparedOf[strategy](of, purchase === 'spot' ? of.spot : of.onDemand);
  const next = runnerUp ? `; next is ${runnerUp.name}, ${price(runnerUp)}` : '';
  const holds = cause.kind === 'jobs' ? ` One holds ${count(perInstance, 'such job')}.` : '';
  return (
    `${instances} of ${type.name} for ${describeCause(cause)}.${holds} ` +
    `${strategy} compares ${criteria[strategy]}: ${price(type)}${next}.${describePassedOver(passedOver)}`
  );
}

/** Why an idle instance ends, in words. */
export function describeScaleIn({ reason: { delay, leftvCpus, minvCpus, replacedBy } }: ScaleIn): string {
  const instead = replacedBy
    ? `, until at least ${replacedBy.instances} of ${replacedBy.type} are launched in its place`
    : '';
  return `Idle for ${delay / 60_000} minutes; ${leftvCpus} vCPUs are left${instead}, and minvCpus is ${minvCpus}.`;
}

/** What each strategy goes by. */
const criteria: Readonly<Record<AllocationStrategy, string>> = {
  BEST_FIT: 'prices of an instance that holds the job, and takes no other type',
  BEST_FIT_PROGRESSIVE: 'prices of a vCPU',
  BEST_FIT_PROGRESSIVE_ORDERED: 'places in instanceTypes',
  SPOT_CAPACITY_OPTIMIZED: 'interruption classes, then prices of a vCPU',
  SPOT_PRICE_CAPACITY_OPTIMIZED: 'prices of a vCPU times interruption class',
  SPOT_CAPACITY_OPTIMIZED_PRIORITIZED: 'places in instanceTypes',
};

/** Of one type. */
const comparedOf: Readonly<Record<AllocationStrategy, (type: LaunchType, price: number) => string>> = {
  BEST_FIT: (_type, price) => `${dollars(price)} an hour`,
  BEST_FIT_PROGRESSIVE: perVcpu,
  BEST_FIT_PROGRESSIVE_ORDERED: (_type, price) => `${dollars(price)} an hour`,
  SPOT_CAPACITY_OPTIMIZED: withClass,
  SPOT_PRICE_CAPACITY_OPTIMIZED: withClass,
  SPOT_CAPACITY_OPTIMIZED_PRIORITIZED: withClass,
};

function perVcpu({ vcpus }: LaunchType, price: number): string {
  return `${dollars(price / vcpus)} a vCPU and hour`;
}

function withClass(type: LaunchType, price: number): string {
  return `interruption class ${type.interruption + 1} of 5, ${perVcpu(type, price)}`;
}

/** Six digits: prices of AWS have no more. */
function dollars(price: number): string {
  return `${Number(price.toFixed(6))} USD`;
}

/** The strategy has no say. */
function describeNodes({ nodes, wanted, instanceType }: NodesNeed): string {
  const why = instanceType === undefined ? 'the smallest type that holds each' : 'the type that it names';
  return `a multi-node job of ${count(nodes, 'node')}, of ${describeAmount(wanted)} at most: ${why}`;
}

function describeCause(cause: Exclude<LaunchCause, { readonly kind: 'nodes' }>): string {
  if (cause.kind !== 'jobs') {
    const name = cause.kind === 'minimum' ? 'minvCpus' : 'desiredvCpus';
    return `${name} ${cause.vcpus}, of which there are ${cause.allocatedvCpus}`;
  }
  const { jobs, wanted } = cause.need;
  return `${count(jobs, 'waiting job')} of ${describeAmount(wanted)} each`;
}

function describeAmount(amount: Amount): string {
  const { vcpus, memoryMiB, gpus } = requestOf(amount);
  return [count(vcpus, 'vCPU'), `${memoryMiB} MiB`, ...(gpus > 0 ? [count(gpus, 'GPU')] : [])].join(', ');
}

/** Why none of some types can be had. */
export function describeUnavailable(passedOver: readonly PassedOver[]): string {
  return `no type is available.${describePassedOver(passedOver)}`;
}

function describePassedOver(passedOver: readonly PassedOver[]): string {
  if (passedOver.length === 0) return '';
  const first = passedOver.slice(0, shown).map(({ type, why }) => `${type.name} (${unavailableWords(why)})`);
  const rest = passedOver.length > shown ? ` and ${passedOver.length - shown} more` : '';
  return ` Passed over: ${first.join(', ')}${rest}.`;
}

/** Types that are named of many. */
const shown = 3;

function unavailableWords(why: Unavailable): string {
  if (why.kind === 'backing-off') return `no capacity, tried again at ${new Date(why.until).toISOString()}`;
  const { spot, onDemand, bidPercentage } = why;
  return `Spot at ${dollars(spot)} is not below ${bidPercentage} % of ${dollars(onDemand)}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
