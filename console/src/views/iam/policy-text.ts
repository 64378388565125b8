/** A policy as IAM gives it, which is encoded for an address, in lines; what is no JSON as it is. */
export function policyText(given: string | undefined): string {
  if (given === undefined) return '';
  const text = given.startsWith('%') ? decodeURIComponent(given) : given;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    // Whoever wrote it sees what they wrote.
    return text;
  }
}
