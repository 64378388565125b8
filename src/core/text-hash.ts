/** In these ids differ, those of children (`id:index`) included. */
const hashedCharacters = 16;

/** 32 bits: FNV-1a of the last characters, and a last stir so that all bits depend on all of them. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = Math.max(0, key.length - hashedCharacters); at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
