// Before the first paint: a page that turns dark later flashes. The name of the class is Cloudscape's, which reads that of the body: it
// follows the root's, which is there first.
(() => {
  const name = 'awsui-dark-mode';
  const root = document.documentElement;
  const chosen = localStorage.getItem('batchyard.theme');
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const follow = () => document.body?.classList.toggle(name, root.classList.contains(name));
  new MutationObserver(follow).observe(root, { attributeFilter: ['class'], childList: true });
  root.classList.toggle(name, dark);
})();
