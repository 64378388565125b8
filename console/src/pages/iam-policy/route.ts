import type { PageRoute } from '../page-route.ts';

/** The whole of what stands after `policy/` in its ARN, which may be below a path. */
export const route: PageRoute = { path: '/iam/policies/:owner/*', title: 'iam.policy' };
