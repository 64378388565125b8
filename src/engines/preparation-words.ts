import type { PullProgress, PullStalled } from '../images/index.ts';

/** How far the image of one container is: a pull, or what it waits for. */
export type Preparation = PullProgress | { readonly phase: PullStalled['why']; readonly why: string };

const mebibyte = 1024 ** 2;

/** For people: `pulling alpine:3: 12 of 30 MiB`. */
export function preparationWords(image: string, preparation: Preparation): string {
  switch (preparation.phase) {
    case 'waiting':
      return `pulling ${image}: waiting for other pulls`;
    case 'resolving':
      return isOnDisk(image) ? `reading ${image}` : `pulling ${image}: asking its registry`;
    case 'downloading':
      return `pulling ${image}: ${amount(preparation)}`;
    case 'unpacking':
      return `unpacking ${image}: ${amount(preparation)}`;
    case 'disk-full':
      return `pulling ${image}: waiting for room on the disk (${preparation.why})`;
    case 'unreachable':
      return `pulling ${image}: waiting for its registry (${preparation.why})`;
    case 'host-short':
      return `pulling ${image}: waiting for what this machine is short of (${preparation.why})`;
    default:
      return preparation satisfies never;
  }
}

/** One that has no registry (`parseReference`). */
function isOnDisk(image: string): boolean {
  return /^(?:oci|docker-archive):\//.test(image);
}

function amount({ bytes, totalBytes }: PullProgress): string {
  const whole = (count: number) => (count / mebibyte).toFixed(count < 10 * mebibyte ? 1 : 0);
  return totalBytes === undefined ? `${whole(bytes)} MiB` : `${whole(bytes)} of ${whole(totalBytes)} MiB`;
}
