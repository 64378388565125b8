import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/definitions/new', title: 'definition.new' };
