/** A key that sorts as text, the greatest number first. */
export function descendingKey(number: number): string {
  return String(Number.MAX_SAFE_INTEGER - number).padStart(16, '0');
}
