import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/iam', title: 'iam.title', navigation: { section: 'services', order: 70 } };
