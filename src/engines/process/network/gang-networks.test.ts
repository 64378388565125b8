import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SystemClock } from '../../../core/clock.ts';
import { newId } from '../../conformance.ts';
import type { HostAbilities } from '../host/host-abilities.ts';
import { probeHost } from '../host/host-probe.ts';
import { hostsOfNodes, loopbackAddress, ownAddress } from './addresses.ts';
import { GangNetworks } from './gang-networks.ts';
import { HostNetwork } from './host-network.ts';
import { makeNamespaces, networkTools } from './namespaces.ts';

const setting = { clock: new SystemClock(), codeCache: '', onProblem: assert.fail };

test('each node of 1,000 has an address of its own, and none is the first or last of a block', () => {
  const addresses = Array.from({ length: 1000 }, (_, index) => ownAddress(index));
  assert.equal(new Set(addresses).size, 1000);
  assert.deepEqual([addresses[0], addresses[199], addresses[200]], ['10.231.0.10', '10.231.0.209', '10.231.1.10']);
  assert.deepEqual([loopbackAddress(3, 0), loopbackAddress(3, 253)], ['127.77.3.1', '127.77.3.254']);
});

test('the hosts file names all nodes, and the machine’s own name leads to the node itself', () => {
  const [first, second, third] = hostsOfNodes(2, 1, ownAddress).trim().split('\n');
  assert.deepEqual([first, second], ['127.0.0.1 localhost', '10.231.0.10 node-0']);
  assert.match(third ?? '', /^10\.231\.0\.11 node-1 \S+$/);
});

describe('on the host’s network', () => {
  test('gangs at once have numbers of their own, of which one that ended is free again', async () => {
    const [one, other] = [await HostNetwork.make(2, 'a test'), await HostNetwork.make(2, 'a test')];
    const addressOf = async (network: HostNetwork, index: number) => (await network.join(index)).network.address;
    const addresses = [await addressOf(one, 0), await addressOf(one, 1), await addressOf(other, 0)];
    assert.equal(new Set(addresses).size, 3);
    one.close();
    const next = await HostNetwork.make(2, 'a test');
    assert.equal(await addressOf(next, 0), addresses[0]);
    next.close();
    other.close();
  });

  test('a gang that finds all numbers in use fails alone: the host is short of nothing that other tasks need', async () => {
    const words = /^CannotStartContainerError: all 0 loopback networks for gangs are in use on this host$/;
    await assert.rejects(HostNetwork.make(2, 'a test', 0), { name: 'CannotStart', message: words });
  });

  test('a gang of more nodes than there are addresses is refused in words', async () => {
    await assert.rejects(HostNetwork.make(255, 'a test'), /a gang of 255 nodes needs a network of its own \(a test\)/);
  });
});

describe('a network of its own', () => {
  let [directory, host]: [string, HostAbilities | undefined] = ['', undefined];
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'batchyard-network-'));
    chmodSync(directory, 0o755);
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const identity = uid === 0 ? { uid: 65534, gid: 65534 } : { uid, gid };
    const scratch = [join(directory, 'scratch')];
    const found = { identity, sandboxes: ['bubblewrap', 'unshare'] as const, scratch, gangNetwork: 'auto' } as const;
    host = await probeHost({ ...found, cgroupName: `test-${newId()}` });
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  /** What this host can, with another program for `ip`. */
  function withIp(script: string, fallback: boolean): HostAbilities {
    assert.ok(host);
    const ip = join(directory, `ip-${newId()}`);
    writeFileSync(ip, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { ...host, tools: { ...host.tools, ip }, gangNetwork: { kind: 'own', fallback } };
  }

  const member = () => ({ gang: newId(), size: 2, index: 0 });

  test('that cannot be made is the host’s where that will do, with the reason', async (context) => {
    if (host?.gangNetwork.kind !== 'own') return context.skip('no network of its own can be made here');
    const networks = new GangNetworks(setting);
    const task = newId();
    const broken = withIp('echo "RTNETLINK answers: Operation not permitted" >&2; exit 2', true);
    const { address, notes } = await networks.join(task, member(), broken);
    assert.match(address, /^127\.77\.\d+\.1$/);
    assert.match(notes.join(), /one of their own could not be made: RTNETLINK answers: Operation not permitted/);
    networks.leave(task);
  });

  test('that cannot be made is refused in words where no other will do, and the next node tries again', async (context) => {
    if (host?.gangNetwork.kind !== 'own') return context.skip('no network of its own can be made here');
    const [networks, one, task] = [new GangNetworks(setting), member(), newId()];
    const broken = withIp('echo "RTNETLINK answers: Operation not permitted" >&2; exit 2', false);
    const refusal = /^CannotStartContainerError: the network of the node could not be made: RTNETLINK answers/;
    await assert.rejects(networks.join(task, one, broken), { message: refusal });
    const { address } = await networks.join(task, one, host);
    assert.equal(address, '10.231.0.10');
    networks.leave(task);
  });

  test('a program that does not end is killed, with words, and leaves neither process nor namespace', async (context) => {
    if (host?.gangNetwork.kind !== 'own') return context.skip('no network of its own can be made here');
    const pidFile = join(directory, 'pid');
    const tools = networkTools(withIp(`echo $$ >${pidFile}; exec sleep 1000`, false).tools);
    assert.ok(typeof tools !== 'string');
    const request = { within: [], withUser: process.getuid?.() !== 0, commands: ['link set lo up'] };
    await assert.rejects(
      makeNamespaces({ ...request, tools: { ...tools, deadline: 300 } }),
      /did not end within 0.3 s/,
    );
    const pid = readFileSync(pidFile, 'utf8').trim();
    assert.throws(() => execFileSync('kill', ['-0', pid], { stdio: 'ignore' }));
    assert.deepEqual(heldNetworks(), []);
  });

  test('nothing of it is held once all nodes have left', async (context) => {
    if (host?.gangNetwork.kind !== 'own') return context.skip('no network of its own can be made here');
    const [networks, gang] = [new GangNetworks(setting), newId()];
    const tasks = [newId(), newId(), newId()];
    const abilities = host;
    await Promise.all(tasks.map((task, index) => networks.join(task, { gang, size: 3, index }, abilities)));
    assert.equal(heldNetworks().length, 4);
    for (const task of tasks.slice(1)) networks.leave(task);
    assert.equal(heldNetworks().length, 2);
    networks.leave(tasks[0] ?? assert.fail());
    await new Promise(setImmediate);
    assert.deepEqual(heldNetworks(), []);
  });
});

/** Network namespaces that this process holds open. */
function heldNetworks(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const held = readlinkSync(`/proc/self/fd/${name}`);
      return held.startsWith('net:') ? [held] : [];
    } catch {
      return []; // the one that listed the directory
    }
  });
}
