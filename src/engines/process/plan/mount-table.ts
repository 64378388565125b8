/** Lines of an fstab(5): `mount -a` makes all of its mounts in one process, with their mount points. */

/** Shows a file or directory with all file systems in it at another place. */
export function bindLine(source: string, target: string, readOnly: boolean): string {
  return line(source, target, 'none', readOnly ? 'rbind,ro' : 'rbind');
}

/** A new file system of a type that needs no device. */
export function fileSystemLine(type: 'proc' | 'tmpfs', target: string, options: string): string {
  return line(type, target, type, options);
}

function line(source: string, target: string, type: string, options: string): string {
  return `${escaped(source)} ${escaped(target)} ${type} ${options},x-mount.mkdir 0 0\n`;
}

function escaped(path: string): string {
  return path.replace(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
