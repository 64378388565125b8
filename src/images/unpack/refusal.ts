/** What is wrong with a layer or an archive, in words; the image cannot be had. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** A name that strangers chose, for people: short, and of one line. Names are bytes, one to a character. */
export function shown(name: string): string {
  const cut = name.length > 100 ? `${name.slice(0, 100)}...` : name;
  return JSON.stringify(Buffer.from(cut, 'latin1').toString('utf8'));
}
