"""Runs one program that nobody trusts, after giving up all that a program could do harm with.

Called by python.ts as `python -I -S -B -c <this>`: the program comes as JSON on descriptor 3, the report goes to
descriptor 4 behind a word that the program is not told, and stdin, stdout and stderr are the program's own.
"""
import ctypes, importlib, json, os, platform, re, resource, signal, struct, sys, traceback, types
import encodings.ascii, encodings.latin_1, encodings.utf_16, encodings.utf_32

# What a program may import: pure computation. Each is loaded beforehand, if the program's text names it.
MODULES = """abc array ast base64 binascii bisect builtins calendar cmath codecs collections collections.abc
colorsys contextlib contextvars copy copyreg csv dataclasses datetime decimal difflib enum errno fnmatch fractions
functools gc graphlib hashlib heapq hmac html html.parser importlib inspect io itertools json keyword linecache
locale math numbers operator os pprint queue random re reprlib secrets signal stat statistics string struct sys
textwrap threading time timeit token tokenize traceback types typing unicodedata unittest unittest.mock
urllib.parse uuid warnings weakref xml.etree.ElementTree zlib zoneinfo _strptime asyncio logging argparse
shlex bz2 lzma gzip tempfile platform resource subprocess socket ctypes multiprocessing pickle doctest optparse
__future__""".split()
ALONG = {"datetime": ["_strptime"], "time": ["_strptime"], "unittest": ["unittest.mock"]}

# The system calls of an interpreter that computes, reads and writes what is open already, sleeps and ends.
# Nothing that opens, connects, starts, signals, traces, mounts or changes a limit is among them.
CALLS = {
    "x86_64": (0xC000003E, [0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 24, 25, 28, 35, 39, 60, 96, 98, 100,
                            131, 201, 202, 228, 229, 230, 231, 318]),
    "aarch64": (0xC00000B7, [57, 62, 63, 64, 65, 66, 80, 93, 94, 98, 101, 113, 114, 115, 124, 132, 134, 135, 139,
                             153, 165, 169, 172, 214, 215, 216, 222, 226, 233, 278]),
}
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, KILL, REFUSE_WITH_EPERM = 0x7FFF0000, 0x80000000, 0x00050001


def tell(word, report):
    os.write(4, (word + json.dumps(report)).encode())


def refuse(word, why):
    tell(word, {"refused": why})
    os._exit(3)


def load(text):
    """Imports what the program names, while files can still be opened."""
    words = set(re.findall(r"\w+", text))
    for name in MODULES:
        if set(name.split(".")) <= words:
            for module in [name, *ALONG.get(name, [])]:
                try:
                    importlib.import_module(module)
                except ImportError:
                    pass


def limit(limits):
    for name, value in (
        ("RLIMIT_AS", limits["memory"]),
        ("RLIMIT_CPU", limits["seconds"]),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 0),
    ):
        resource.setrlimit(getattr(resource, name), (value, value))
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    stack = limits["stack"] if hard == resource.RLIM_INFINITY else min(hard, limits["stack"])
    resource.setrlimit(resource.RLIMIT_STACK, (stack, stack))


def lock(word):
    """Lets only the calls of the table through from here on. There is no way back, nor one around it."""
    if sys.platform != "linux" or platform.machine() not in CALLS or sys.maxsize < 2**32:
        refuse(word, "it needs 64-bit Linux on x86_64 or aarch64")
    arch, calls = CALLS[platform.machine()]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        refuse(word, "the system does not let a process give up privileges (prctl PR_SET_NO_NEW_PRIVS)")
    rules = [(LOAD, 0, 0, 4), (JUMP_IF_EQUAL, 1, 0, arch), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    for index, call in enumerate(calls):
        rules.append((JUMP_IF_EQUAL, len(calls) - index, 0, call))
    rules += [(RETURN, 0, 0, REFUSE_WITH_EPERM), (RETURN, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(rules), ctypes.addressof(code)))
    if libc.prctl(PR_SET_SECCOMP, 2, ctypes.addressof(program), 0, 0) != 0:
        refuse(word, "the system has no seccomp filters (prctl PR_SET_SECCOMP)")


def follow(epilogue, names, limits):
    """Runs what comes behind the program; gives its value as JSON, where it is a call."""
    if "assert" in epilogue:
        exec(compile(epilogue["assert"], "tests.py", "exec"), names)
        return None
    value = eval(compile(epilogue["call"], "tests.py", "eval"), names)(*epilogue["with"])
    text = json.dumps(value, allow_nan=False)
    if len(text) > limits["output"]:
        raise ValueError("the value is too large")
    return text


def main():
    with open(3, "rb") as payload:
        job = json.loads(payload.read())
    source, epilogue, limits, word = job["source"], job["epilogue"], job["limits"], job["word"]
    del job
    os.closerange(5, 4096)
    load(source + " " + json.dumps(epilogue))
    module = types.ModuleType("__main__" if epilogue is None else "program")
    sys.modules[module.__name__] = module
    sys.argv = ["program.py"]
    limit(limits)
    lock(word)
    # The program's time begins.
    os.write(4, b"\n")
    report = {"ended": "exit", "status": 0, "finished": False, "value": None}
    try:
        exec(compile(source, "program.py", "exec"), module.__dict__)
        if epilogue is not None:
            report["value"] = follow(epilogue, module.__dict__, limits)
            report["finished"] = True
    except SystemExit as leave:
        report["status"] = leave.code if isinstance(leave.code, int) else 0 if leave.code is None else 1
    except MemoryError:
        report.update(ended="memory", status=1)
    except BaseException:
        report["status"] = 1
        traceback.print_exc()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        pass
    tell(word, report)
    os._exit(report["status"] & 255)


main()
