import { defineConfig } from "vitest/config"

/** What measures its memory or counts its children has a process to itself. */
const apart = [
  "test/faults/video-worker.test.ts",
  "test/layers/{line,rateLimitStore}.test.ts",
  "test/media/{images,objectStore,refused,uploads}.test.ts",
  "test/server/images.test.ts"
]

/** What measures short times, or lets many wait for one lock, has the processors to itself as well. */
const alone = [
  "test/faults/{freshness,hot-product,skus-race}.test.ts",
  "test/media/badVideos.test.ts",
  "test/server/{body,clientAddress,tracking,webhooks}.test.ts",
  "test/services/orders/manyNotes.test.ts"
]

/** `npm run test:faults`: kills, outages and races. `npm run test:long`: every kind of picture and video, and every command. */
const long = ["test/faults/**", "test/media/**", "test/cli/everyCommand.test.ts"]
const left = process.env.ZST_TESTS === "quick" ? long : []

const atOnce = { maxWorkers: 2, sequence: { groupOrder: 0 } }
const inTurn = { maxWorkers: 1, sequence: { groupOrder: 1 } }

export default defineConfig({
  test: {
    globalSetup: "test/support/globalSetup.ts",
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["default"],
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", ...apart, ...alone, ...left],
          // Every file has a database and a server of its own; the modules are loaded once a process.
          isolate: false,
          ...atOnce
        }
      },
      { extends: true, test: { name: "apart", include: apart, exclude: left, ...atOnce } },
      { extends: true, test: { name: "alone", include: alone, exclude: left, ...inTurn } }
    ]
  }
})
