import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    // `npm run soak`: what kills processes for minutes.
    include: [process.env.KOJIBRIDGE_SOAK ? "soak/**/*.test.ts" : "{unit,golden,contract,e2e}/**/*.test.ts"],
    // Most of a test is waiting for sockets and other processes: on two cores one worker would leave one idle.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
