"""``python -m plumbline.files openrlhf`` prints the path of its file."""

import sys

from . import FILES, path_of

if len(sys.argv) != 2 or sys.argv[1] not in FILES:
    sys.exit(f"python -m plumbline.files {{{'|'.join(FILES)}}}")
print(path_of(sys.argv[1]))
