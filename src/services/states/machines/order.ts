/** A key that sorts as text, the smallest number first. */
export function ascendingKey(number: number): string {
  return String(number).padStart(16, '0');
}

/** A key that sorts as text, the greatest number first. */
export function descendingKey(number: number): string {
  return String(Number.MAX_SAFE_INTEGER - number).padStart(16, '0');
}
