import { defineConfig } from "vitest/config"

/** What measures memory or time, or counts this process's children: each has a process and the processors to itself. */
const alone = [
  "test/faults/{freshness,hot-product,skus-race}.test.ts",
  "test/faults/video-worker.test.ts",
  "test/layers/{objectStore,rateLimitStore}.test.ts",
  "test/server/{bodyTime,clientAddress,images,media,tracking,webhooks}.test.ts",
  "test/services/media/{badVideos,images}.test.ts"
]

export default defineConfig({
  test: {
    globalSetup: "test/support/globalSetup.ts",
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ["default"],
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", ...alone],
          // Every file has a database and a server of its own; the modules are loaded once a process.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 }
        }
      },
      { extends: true, test: { name: "alone", include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } }
    ]
  }
})
