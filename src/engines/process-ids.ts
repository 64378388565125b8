import { readdirSync } from 'node:fs';

/** All processes of this machine that this one can see; none where there is no /proc. */
export function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
