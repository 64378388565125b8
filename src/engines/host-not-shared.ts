/** Why containers of a task cannot share with the host what each has of its own, in words, unless its operator lets them. */
export const hostNotShared =
  'jobs would see and reach what runs on the host, which its operator does not allow (hostNamespaces)';
