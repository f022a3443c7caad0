import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**"],
    globalSetup: "test/support/globalSetup.ts",
    pool: "forks",
    testTimeout: 30_000,
    // One known rare failure is being looked for: a POST without a body, refused once in some hundred runs.
    retry: 1,
    hookTimeout: 60_000,
    reporters: ["default"]
  }
})
