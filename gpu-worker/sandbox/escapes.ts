import type { Program } from '../../shared/verify/sandbox.ts'

/** A program that tries what the guard must refuse. It prints `held`, or the names of what it could do. */
export const ESCAPES: Omit<Program, 'milliseconds'> = {
  language: 'python',
  stdin: '',
  epilogue: null,
  source: `
import os, socket, subprocess, ctypes, signal, resource
def tries():
    yield 'open', lambda: open('/etc/passwd')
    yield 'open itself', lambda: open('/proc/self/environ')
    yield 'write', lambda: open('/tmp/plumbline-escaped', 'w')
    yield 'list', lambda: os.listdir('/')
    yield 'look', lambda: os.stat('/etc/passwd')
    yield 'socket', lambda: socket.socket()
    yield 'socket pair', lambda: socket.socketpair()
    yield 'fork', lambda: os.fork() or os._exit(0)
    yield 'spawn', lambda: subprocess.run(['/bin/true'])
    yield 'exec', lambda: os.execv('/bin/true', ['true'])
    yield 'signal', lambda: os.kill(os.getppid(), 0)
    yield 'raise a limit', lambda: resource.setrlimit(resource.RLIMIT_CPU, (9999, 9999))
    yield 'become root', lambda: os.setuid(0)
done = []
for name, attempt in tries():
    try:
        attempt()
        done.append(name)
    except (OSError, ValueError):
        pass
libc = ctypes.CDLL(None)
if libc.ptrace(16, os.getppid(), 0, 0) == 0: done.append('trace')
if libc.unshare(0x10000000) == 0: done.append('namespaces')
print(', '.join(done) or 'held')
`,
}
