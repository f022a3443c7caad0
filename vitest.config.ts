import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**"],
    globalSetup: "test/support/globalSetup.ts",
    pool: "forks",
    testTimeout: 90_000,
    hookTimeout: 120_000,
    reporters: ["default"]
  }
})
