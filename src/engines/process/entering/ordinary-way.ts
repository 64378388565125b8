import type { HostTools, SandboxKind } from '../host/host-abilities.ts';
import { dropInNamespace } from '../host/host-probe.ts';
import type { JobNamespaces } from './job-namespaces.ts';

/** Numbers of the calls setns and setsid; Node's platforms are these two. */
const calls: Readonly<Partial<Record<NodeJS.Architecture, readonly [number, number]>>> = {
  x64: [308, 112],
  arm64: [268, 157],
};

/**
 * Goes into the namespaces of a job of the same user, and becomes the words after `--`. An ordinary user has every right in the
 * user namespaces that he made, so that he may enter the outermost, there the others that it owns, and so inwards. Those between
 * have no process, hence no file in /proc: ioctl_ns(2) finds the owner of a namespace (0xb701) and what is around it (0xb702).
 * While the job can see this program it is in a user namespace around the job's, or has more capabilities than the job: nobody
 * in there may trace it. Nothing is read from files after the job's are mounted; the last namespace of users is entered after
 * them. What it opened is closed by `exec`.
 */
const walk = `my ($setns, $setsid, $session, @words) = @ARGV;
sub fail { print STDERR "the sandbox of the job could not be entered: $_[0]: $!\\n"; exit 126 }
my %held;
while ((my $word = shift @words) ne '--') {
  my ($kind, $path) = split /=/, $word, 2;
  open $held{$kind}, '<', $path or fail $kind;
}
sub number { (stat $_[0])[1] }
sub related { my $found = ioctl $_[0], $_[1], 0 or fail 'ioctl'; open my $file, "<&=$found" or fail 'open'; $file }
sub enter { syscall($setns + 0, fileno $_[0], 0) == 0 or fail $_[1] }
my $own = number '/proc/self/ns/user';
my @users;
for (my $user = $held{user}; number($user) != $own; $user = related $user, 0xb702) { unshift @users, $user }
delete $held{user};
my %owner = map { $_ => number(related $held{$_}, 0xb701) } keys %held;
my $last = $owner{mnt} == number($users[-1]) ? undef : pop @users;
my $mounts = delete $held{mnt};
for my $user (@users) {
  enter $user, 'user';
  for (keys %held) { enter $held{$_}, $_ if $owner{$_} == number $user }
}
if ($session) { $SIG{HUP} = 'IGNORE'; ioctl STDIN, 0x5422, 0 or fail 'terminal' }
my $child = fork;
defined $child or fail 'fork';
if ($child) { waitpid $child, 0; exit($? & 127 ? 128 + ($? & 127) : $? >> 8) }
if ($session) {
  $SIG{HUP} = 'DEFAULT';
  syscall($setsid + 0) == -1 and fail 'session';
  ioctl STDIN, 0x540e, 0 or fail 'terminal';
}
enter $mounts, 'mnt';
enter $last, 'user' if $last;
exec { $words[0] } @words;
fail $words[0]`;

/** Why the server of an ordinary user has no way into a sandbox; undefined if it has. */
export function noOrdinaryWay({ perl, setpriv }: HostTools): string | undefined {
  if (calls[process.arch] === undefined)
    return `only a server that is root can enter the sandbox of a job on ${process.arch}`;
  const missing = [...(perl === undefined ? ['perl'] : []), ...(setpriv === undefined ? ['setpriv (util-linux)'] : [])];
  if (missing.length === 0) return undefined;
  return `${missing.join(' and ')} not installed, by which a server that is not root enters the sandbox of a job`;
}

/** What such a way is made of. */
export interface OrdinaryWay {
  readonly tools: HostTools;
  readonly sandbox: SandboxKind;
  readonly namespaces: JobNamespaces;
  readonly hasTerminal: boolean;
}

/** The words before those of a program that begins in the sandbox, with no capability there or anywhere else. */
export function ordinaryWayIn({ tools, sandbox, namespaces, hasTerminal }: OrdinaryWay): readonly string[] {
  const { perl = 'perl', setpriv = 'setpriv' } = tools;
  const numbers = (calls[process.arch] ?? []).map(String);
  const before = [setpriv, '--no-new-privs', '--inh-caps=-all', '--ambient-caps=-all', '--'];
  // There the job is root in name of the namespace that owns all: the host's own setpriv, which its root has, takes the rights.
  const after = sandbox === 'unshare' ? dropInNamespace(setpriv) : [];
  return [...before, perl, '-e', walk, ...numbers, hasTerminal ? '1' : '0', ...namespaces.files(), '--', ...after];
}
