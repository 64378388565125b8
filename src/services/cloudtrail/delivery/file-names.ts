import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { RandomSource } from '../../../core/random.ts';
import type { TrailPlace, TrailRecord } from '../records.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Where a file with records goes: the layout that CloudTrail has. */
export function logFileName(trail: TrailRecord, region: string, now: EpochMilliseconds, random: RandomSource): string {
  const { account, place } = trail;
  const drawn = Array.from(random.bytes(16), (byte) => letters[byte % letters.length]).join('');
  const name = `${account}_CloudTrail_${region}_${stamp(now).slice(0, 13)}Z_${drawn}.json.gz`;
  return `${folder(place, { account, region }, 'CloudTrail', now)}/${name}`;
}

/** Where a digest goes. Its end, to the second, tells those of a trail and region apart. */
export function digestName(trail: TrailRecord, region: string, end: EpochMilliseconds): string {
  const { account, place, name, region: home } = trail;
  const file = `${account}_CloudTrail-Digest_${region}_${name}_${home}_${stamp(end)}.json.gz`;
  return `${folder(place, { account, region }, 'CloudTrail-Digest', end)}/${file}`;
}

type Place = { readonly account: Scope['account']; readonly region: string };

function folder({ prefix }: TrailPlace, { account, region }: Place, kind: string, time: EpochMilliseconds): string {
  const day = new Date(time).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${prefix === undefined ? '' : `${prefix}/`}AWSLogs/${account}/${kind}/${region}/${day}`;
}

/** `YYYYMMDDTHHmmssZ`. */
function stamp(time: EpochMilliseconds): string {
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}
