/**
 * A number from 0 up to 1 that depends on these alone: never on what was drawn before, so that two environments, or two policies,
 * are compared under one workload. The same on every machine.
 */
export function draw(seed: number, task: string, attempt: number, what: 'run' | 'failure'): number {
  const key = `${seed}|${task}|${attempt}|${what}`;
  const high = mixed(key, 0x811c9dc5) >>> 5;
  const low = mixed(key, 0x9747b28c) >>> 6;
  return (high * 2 ** 26 + low) / 2 ** 53;
}

/** FNV-1a, and a last stir (of MurmurHash3) so that all bits depend on all characters. */
function mixed(text: string, basis: number): number {
  let hash = basis;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
