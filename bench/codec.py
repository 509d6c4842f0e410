"""What the `koji` command decodes and encodes with. A job per line of stdin; answers with the milliseconds it took."""

import gc
import json
import sys
import time
import xmlrpc.client

answer, tasks, call = (open(path, encoding="utf8").read() for path in sys.argv[1:4])
tasks, call = json.loads(tasks), tuple(json.loads(call))
jobs = {
    "decode": lambda: xmlrpc.client.loads(answer),
    "encode": lambda: xmlrpc.client.dumps((tasks,), "echo", allow_none=True),
    "encode-calls": lambda: [xmlrpc.client.dumps(call, "build", allow_none=True) for _ in range(100)],
}
print(sys.version.split()[0], flush=True)
for line in sys.stdin:
    gc.collect()
    start = time.perf_counter()
    jobs[line.strip()]()
    print((time.perf_counter() - start) * 1000, flush=True)
