/** What browsers have of Trusted Types, as far as it is used here. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };

/** Scripts of the build, and nothing else. */
const ownScript = /^\/console\/assets\/[\w-]+\.js$/;

/** The one policy that the server's header lets the console have. */
const policy = trustedTypes?.createPolicy('console', {
  createScriptURL: (url) => {
    if (!ownScript.test(url)) throw new TypeError(`${url} is no script of the console`);
    return url;
  },
});

/** The address of a worker's script, as pages must give it that may make no script of a text. */
export function trustedScript(url: string): string {
  return (policy?.createScriptURL(url) ?? url) as string;
}
