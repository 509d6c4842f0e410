"""`koji watch-task ID...`, request by request as cli/koji_cli/lib.py of Koji 1.35 sends them, without its output.

Prints after every round: requests, bytes received, CPU seconds, seconds on the clock, all since the start.
"""

import json
import sys
import time
import xmlrpc.client

POLL_INTERVAL = 6
DONE = (2, 3, 5)  # CLOSED, CANCELED, FAILED


class Transport(xmlrpc.client.Transport):
    requests = 0
    bytes = 0

    def parse_response(self, response):
        self.requests += 1
        self.bytes += int(response.getheader("Content-Length", 0))
        return super().parse_response(response)


class Watcher:
    info = None

    def __init__(self, task_id):
        self.id = task_id

    def update(self):
        if self.info is None or self.info["state"] not in DONE:
            self.info = hub.getTaskInfo(self.id, True)


url, *ids = sys.argv[1:]
transport = Transport()
hub = xmlrpc.client.ServerProxy(url, transport=transport, allow_none=True)
tasks = {int(task_id): Watcher(int(task_id)) for task_id in ids}
while True:
    for task_id, task in list(tasks.items()):
        task.update()
        for child in hub.getTaskChildren(task_id):
            if child["id"] not in tasks:
                tasks[child["id"]] = Watcher(child["id"])
                tasks[child["id"]].update()
    seen = {"requests": transport.requests, "bytes": transport.bytes, "cpu": time.process_time(), "at": time.monotonic()}
    print(json.dumps(seen), flush=True)
    time.sleep(POLL_INTERVAL)
