import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FreshRoot, freshRoots, nameServer } from './fresh-root.ts';

const line =
  '127.0.0.1 batchyard.localhost sync-batchyard.localhost stream-batchyard.localhost streaming-batchyard.localhost # batchyard';

/** A fresh root where a server runs, with the defaults but for its port and engine. */
async function openServer(t: TestContext): Promise<FreshRoot> {
  const root = FreshRoot.open(t);
  await start(root);
  return root;
}

async function start(root: FreshRoot, flags = ''): Promise<void> {
  const { stdout } = await root.sh(`
    mkfifo /tmp/ready
    batchyard start --port 0 --engine mock ${flags} >/tmp/ready 2>/tmp/log &
    read -r ready </tmp/ready && echo "$ready" || cat /tmp/log`);
  assert.match(stdout, /is ready at http/);
}

/** What a script prints in a shell that has done what the manual says. */
async function printed(root: FreshRoot, script: string): Promise<string> {
  const { exit, stdout, stderr } = await root.sh(`eval "$(batchyard env)"\n${script}`);
  assert.equal(exit, 0, stderr);
  return stdout;
}

const clients = {
  python: `python3 ${join(import.meta.dirname, 'sync-client.py')}`,
  javascript: `node ${join(import.meta.dirname, 'sync-client.ts')}`,
  cli: `
    aws stepfunctions create-state-machine --name cli --type EXPRESS --role-arn arn:aws:iam::123456789012:role/r \\
      --definition '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}' --query stateMachineArn --output text >/tmp/arn
    started=$(aws stepfunctions start-sync-execution --state-machine-arn "$(cat /tmp/arn)" --input '{"by":"cli"}' --query output)
    tested=$(aws stepfunctions test-state --definition '{"Type":"Pass","End":true}' --input '{"by":"cli"}' --query output)
    echo "[$started,$tested]"`,
} as const;

async function assertServed(root: FreshRoot, by: keyof typeof clients, before = ''): Promise<void> {
  const answers = JSON.parse(await printed(root, before + clients[by])) as readonly string[];
  assert.deepEqual(answers, Array(2).fill(`{"by":"${by}"}`));
}

test(
  'on a bare machine boto3 and the aws CLI call StartSyncExecution and TestState as env sets them up',
  freshRoots,
  async (t) => {
    const root = await openServer(t);
    const names = ['sync-localhost', 'sync-batchyard.localhost', 'sync-127.0.0.1'];
    for (const name of names) assert.equal((await root.sh(`getent ahosts ${name}`)).exit, 2, `${name} has no address`);
    await assertServed(root, 'python');
    await assertServed(root, 'cli');
    const alone = await root.sh(`eval "$(batchyard env)"\n${clients.javascript}`);
    assert.equal(alone.exit, 1);
    assert.match(alone.stderr, /getaddrinfo \w+ sync-127\.0\.0\.1/);
    assert.match((await root.sh('batchyard env')).stdout, /\n# .* need: batchyard env --hosts\n$/);
  },
);

test(
  'after env --hosts boto3, the aws CLI and the JavaScript SDK call them at their default settings',
  freshRoots,
  async (t) => {
    const root = await openServer(t);
    const before = root.hosts;
    const { ino } = statSync(root.hostsFile);
    for (let round = 0; round < 2; round++) {
      const { exit, stderr } = await root.sh('batchyard env --hosts --yes');
      assert.equal(exit, 0, stderr);
    }
    assert.equal(root.hosts, `${before}${line}\n`);
    assert.equal(statSync(root.hostsFile).ino, ino);
    const shown = await printed(root, 'echo "$AWS_ENDPOINT_URL $AWS_DISABLE_HOST_PREFIX_INJECTION"');
    assert.match(shown, /^http:\/\/batchyard\.localhost:\d+ \n$/);
    for (const by of Object.keys(clients) as (keyof typeof clients)[]) await assertServed(root, by);
  },
);

test(
  'a certificate for a name and its sync- form serves them over TLS, of a server that is bound everywhere',
  freshRoots,
  async (t) => {
    const root = FreshRoot.open(t);
    const made = await root.sh(`
    OPENSSL_CONF=/dev/null openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \\
      -subj /CN=yard -addext subjectAltName=DNS:batchyard.localhost,DNS:sync-batchyard.localhost`);
    assert.equal(made.exit, 0, made.stderr);
    await start(root, '--bind 0.0.0.0 --tls-certificate cert.pem --tls-key key.pem --iam-unstored-roles their-purpose');
    const written = await root.sh('batchyard env --hosts --yes');
    assert.equal(written.exit, 0, written.stderr);
    const trusting = 'export AWS_CA_BUNDLE=cert.pem NODE_EXTRA_CA_CERTS=cert.pem\n';
    assert.match(await printed(root, 'echo "$AWS_ENDPOINT_URL"'), /^https:\/\/batchyard\.localhost:/);
    for (const by of ['python', 'javascript'] as const) await assertServed(root, by, trusting);
  },
);

test(
  'env does not wait for a name server that says nothing, and keeps what it has found out',
  freshRoots,
  async (t) => {
    const root = FreshRoot.open(t);
    const mute = `require("node:dgram").createSocket("udp4").bind(53, "${nameServer}", () => console.log("bound"))`;
    const bound = await root.sh(
      `mkfifo /tmp/bound\nnode -e '${mute}' >/tmp/bound 2>&1 &\nread -r line </tmp/bound && echo "$line"`,
    );
    assert.equal(bound.stdout, 'bound\n');
    const endpoint = async () => {
      // Asking for one name would take 150 s.
      const { exit, stdout, stderr } = await root.sh('timeout 60 batchyard env --format json');
      assert.equal(exit, 0, stderr);
      return JSON.parse(stdout).AWS_ENDPOINT_URL;
    };
    assert.equal(await endpoint(), 'http://127.0.0.1:9470');
    assert.equal((await root.sh('timeout 60 batchyard env --hosts --yes')).exit, 0);
    assert.equal(await endpoint(), 'http://batchyard.localhost:9470');
  },
);

test('env --hosts asks on a terminal, and takes what is typed there', freshRoots, async (t) => {
  const root = FreshRoot.open(t);
  const asked = (answer: string) => root.sh(`printf '${answer}\\n' | script -qec 'batchyard env --hosts' /dev/null`);
  const refused = await asked('n');
  assert.match(refused.stdout, /Add it\? \[y\/N\] .*is as it was/s);
  assert.notEqual(root.hosts.includes(line), true);
  const agreed = await asked('y');
  assert.equal(agreed.exit, 0, agreed.stdout);
  assert.ok(root.hosts.endsWith(`\n${line}\n`));
});

test(
  'env --hosts says what to do where the file may not be written, and a script must say yes itself',
  freshRoots,
  async (t) => {
    const root = FreshRoot.open(t, '--ro-bind');
    const { exit, stderr } = await root.sh('batchyard env --hosts --yes');
    assert.equal(exit, 1);
    assert.ok(stderr.includes(`/etc/hosts is on a file system that is read-only: let somebody`), stderr);
    assert.ok(stderr.includes(`echo '${line}' | sudo tee -a /etc/hosts. In a container`), stderr);
    assert.equal((await root.sh('batchyard env --hosts')).exit, 2);
  },
);
