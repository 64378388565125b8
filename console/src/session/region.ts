/** What a region looks like: anything else in an address is not one. */
const shape = /^[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}$/;

/** The region that a query names; undefined if it names none. */
export function regionIn(search: string): string | undefined {
  const region = new URLSearchParams(search).get('region');
  return region !== null && shape.test(region) ? region : undefined;
}

/** The query with this region, what else it says stays. */
export function withRegion(search: string, region: string): string {
  const query = new URLSearchParams(search);
  query.set('region', region);
  return `?${query}`;
}
