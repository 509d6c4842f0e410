import { createLocalQueue } from "../../src/adapters/queue/local.ts";
import { LIMIT, queueContract } from "./queue.contract.ts";

queueContract("in this process", async () => createLocalQueue(LIMIT));
