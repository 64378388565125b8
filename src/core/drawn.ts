/**
 * A number from 0 up to 1 that is always the same for the same seed and names, and as if drawn at random for others. What is drawn so for a thing by its
 * name depends on no order: two runs that decide differently draw alike.
 */
export function drawn(seed: number, ...names: readonly (string | number)[]): number {
  const text = JSON.stringify([seed, ...names]);
  // 53 bits, as many as a number holds: 26 and 27 of two hashes.
  return ((hash(text, 0x811c9dc5) >>> 6) * 2 ** 27 + (hash(text, 0x9e3779b9) >>> 5)) / 2 ** 53;
}

/** FNV-1a of all characters, and the last stir of MurmurHash 3, so that all bits depend on all of them. */
function hash(text: string, start: number): number {
  let bits = start;
  for (let at = 0; at < text.length; at += 1) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
